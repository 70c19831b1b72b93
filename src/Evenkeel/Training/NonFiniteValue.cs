using Evenkeel.Ranks;

namespace Evenkeel.Training;

/// <summary>A value of a batch that is NaN or infinite.</summary>
/// <param name="Example">Its example, of the whole batch; -1 where all values are finite.</param>
/// <param name="Index">Which value of the example.</param>
/// <param name="Value">The value.</param>
internal readonly record struct NonFiniteValue(int Example, int Index, float Value)
{
    /// <summary>The first of a rank's examples.</summary>
    /// <param name="values">[share, ...]: inputs or targets.</param>
    /// <param name="length">Values of an example.</param>
    /// <param name="first">The place of the share's first example in the batch.</param>
    public static NonFiniteValue Find(ReadOnlySpan<float> values, int length, int first)
    {
        int at = values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        return at < 0 ? new(-1, 0, 0) : new(first + (at / length), at % length, values[at]);
    }

    /// <summary>The first of all ranks', which hold consecutive examples; all come here.</summary>
    public NonFiniteValue FirstOf(Communicator? ranks)
    {
        if (ranks is not { Size: > 1 })
            return this;
        var all = new NonFiniteValue[ranks.Size];
        ranks.AllGather<NonFiniteValue>([this], all);
        return all[Math.Max(0, Array.FindIndex(all, found => found.Example >= 0))];
    }

    /// <summary>What made the loss so, and what to do about it, where inputs were looked through.</summary>
    public string Cause =>
        Example >= 0
            ? $"value {Index} of example {Example} of the batch is {Value}; clean the data"
            : "the inputs are finite, so training has diverged; lower the learning rate or clip gradients";
}
