namespace Evenkeel.Runs;

/// <summary>The examples that are looked at again and again during a run: the first ones of the validation data.</summary>
internal static class ProbeBatch
{
    /// <summary>The most examples.</summary>
    public const int Most = 256;

    // As many values as that many images of 32 x 32 have: large images would take all memory.
    private const int MaxValues = Most * 32 * 32 * 3;

    /// <summary>Examples of one batch, or null if the data has too few for a variance.</summary>
    /// <param name="data">The validation data.</param>
    /// <param name="most">How many are wanted at most; never more than <see cref="Most"/> are taken.</param>
    public static IDataset? Of(IDataset data, int most)
    {
        int count = Math.Clamp(MaxValues / data.InputLength, 2, Math.Clamp(most, 2, Most));
        return data.Count < 2 ? null : data.Take(Math.Min(count, data.Count));
    }
}
