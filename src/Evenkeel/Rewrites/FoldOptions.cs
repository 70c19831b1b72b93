namespace Evenkeel.Rewrites;

/// <summary>How batch normalisations are folded.</summary>
public sealed record FoldOptions
{
    /// <summary>
    /// Also fold channels whose variance lies below a hundredth of epsilon while their input is not constant zero: what comes out of them
    /// is set by epsilon and by rounding, and other systems with another epsilon or another order of sums compute something else.
    /// </summary>
    public bool AllowNearZeroVariance { get; init; }
}
