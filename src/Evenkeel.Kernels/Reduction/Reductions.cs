using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Reduction;

/// <summary>How many values become one. What has been gathered of each column lies in memory of one double per column.</summary>
internal unsafe interface IReduction
{
    /// <summary>Begins with nothing in the first <paramref name="columns"/>.</summary>
    void Clear(double* gathered, int columns);

    /// <summary>Gathers one more value of as many columns as a register holds.</summary>
    void Add<TLanes, TVec>(double* gathered, nint column, TVec values)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>The result of a column.</summary>
    float Result(double* gathered, int column);

    /// <summary>One result of the first <paramref name="columns"/>.</summary>
    float Together(double* gathered, int columns);
}

/// <summary>The sum, in double precision, times a number.</summary>
internal readonly unsafe struct ScaledSum(double scale) : IReduction
{
    public void Clear(double* gathered, int columns) => new Span<double>(gathered, columns).Clear();

    public void Add<TLanes, TVec>(double* gathered, nint column, TVec values)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.AddTo(gathered + column, values);

    public float Result(double* gathered, int column) => (float)(gathered[column] * scale);

    public float Together(double* gathered, int columns)
    {
        double sum = 0;
        for (int c = 0; c < columns; c++)
            sum += gathered[c];
        return (float)(sum * scale);
    }
}

/// <summary>The value that a choice prefers to all others; NaN if one is NaN.</summary>
internal readonly unsafe struct Extreme<TChoice> : IReduction
    where TChoice : struct, IChoice
{
    public void Clear(double* gathered, int columns) => new Span<float>(gathered, columns).Fill(TChoice.Worst);

    public void Add<TLanes, TVec>(double* gathered, nint column, TVec values)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* best = (float*)gathered + column;
        TLanes.Store(best, TChoice.Better<TLanes, TVec>(TLanes.Load(best), values));
    }

    public float Result(double* gathered, int column) => ((float*)gathered)[column];

    public float Together(double* gathered, int columns)
    {
        float best = TChoice.Worst;
        for (int c = 0; c < columns; c++)
            best = TChoice.Better<Lanes1, float>(best, ((float*)gathered)[c]);
        return best;
    }
}

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
