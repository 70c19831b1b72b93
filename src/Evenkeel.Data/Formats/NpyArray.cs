namespace Evenkeel.Data.Formats;

/// <summary>An array of a NumPy file, widened to float32.</summary>
/// <param name="Dimensions">Lengths, slowest first; none for a single number.</param>
/// <param name="Values">Values, the last dimension fastest.</param>
public sealed record NpyArray(IReadOnlyList<int> Dimensions, float[] Values)
{
    /// <summary>Number of values that dimensions hold.</summary>
    /// <exception cref="OverflowException">More than an array takes.</exception>
    public static int Count(IEnumerable<int> dimensions) => dimensions.Aggregate(1, (n, d) => checked(n * d));
}
