using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Reduction;

/// <summary>Which of two values is preferred.</summary>
public interface IChoice
{
    /// <summary>What every number is preferred to.</summary>
    static abstract float Worst { get; }

    /// <summary>The preferred value of each pair; NaN if either is NaN.</summary>
    static abstract TVec Better<TLanes, TVec>(TVec a, TVec b)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>1 where no value is preferred to x, given the best of all; 0 elsewhere.</summary>
    static abstract TVec IsBest<TLanes, TVec>(TVec x, TVec best)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>The largest value.</summary>
public readonly struct Largest : IChoice
{
    static float IChoice.Worst => float.NegativeInfinity;

    static TVec IChoice.Better<TLanes, TVec>(TVec a, TVec b) => TLanes.Max(a, b);

    static TVec IChoice.IsBest<TLanes, TVec>(TVec x, TVec best) =>
        TLanes.SelectGreater(best, x, TLanes.Zero, TLanes.Splat(1f));
}

/// <summary>The smallest value.</summary>
public readonly struct Smallest : IChoice
{
    static float IChoice.Worst => float.PositiveInfinity;

    static TVec IChoice.Better<TLanes, TVec>(TVec a, TVec b) => TLanes.Min(a, b);

    static TVec IChoice.IsBest<TLanes, TVec>(TVec x, TVec best) =>
        TLanes.SelectGreater(x, best, TLanes.Zero, TLanes.Splat(1f));
}
