using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution;

/// <summary>What is done to the outputs of a tile while they are in the first-level cache.</summary>
internal unsafe interface ITileEpilogue
{
    /// <summary>Whether there is nothing to do, known to the JIT.</summary>
    static abstract bool IsEmpty { get; }

    /// <summary>Whether it reads what lies at the same place in other images, so that outputs must lie at theirs; known to the JIT.</summary>
    static abstract bool NeedsPlace { get; }

    /// <summary>Whether it is a rectifier, which a product may apply to sums in registers instead; known to the JIT.</summary>
    static virtual bool Rectifies => false;

    /// <summary>Asks for what <see cref="Run"/> will read beside a tile, before its outputs are computed.</summary>
    void Prefetch(float* tile, nint rowStride, int rows, int columns) { }

    /// <summary>Asks, for the second-level cache, for what <see cref="Run"/> will read beside outputs from <paramref name="begin"/> to before <paramref name="end"/>.</summary>
    void Prefetch(float* begin, float* end) { }

    /// <summary>Handles <paramref name="rows"/> rows of the tile whose first column is <paramref name="column"/>.</summary>
    /// <param name="group">Number of the group of tiles; a group's tiles are handled in order by one thread.</param>
    /// <param name="isFirst">Whether the tile is the first of its group.</param>
    /// <param name="tile">First output of the tile.</param>
    /// <param name="rowStride">Floats between its rows.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns.</param>
    void Run<TLanes, TVec>(int group, bool isFirst, float* tile, nint rowStride, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Outputs stay as they are.</summary>
internal readonly unsafe struct NoEpilogue : ITileEpilogue
{
    public static bool IsEmpty => true;

    public static bool NeedsPlace => false;

    void ITileEpilogue.Run<TLanes, TVec>(
        int group,
        bool isFirst,
        float* tile,
        nint rowStride,
        int rows,
        int column,
        int columns
    ) { }
}

/// <summary>y = g(y).</summary>
internal readonly unsafe struct ActivationEpilogue<TAct>(TAct act) : ITileEpilogue
    where TAct : struct, IActivation
{
    public static bool IsEmpty => typeof(TAct) == typeof(Identity);

    public static bool Rectifies => typeof(TAct) == typeof(Relu);

    public static bool NeedsPlace => false;

    [MethodImpl(HotMethods.Loop)]
    void ITileEpilogue.Run<TLanes, TVec>(
        int group,
        bool isFirst,
        float* tile,
        nint rowStride,
        int rows,
        int column,
        int columns
    )
    {
        for (; rows > 0; rows--)
        {
            int i = 0;
            for (; i + TLanes.Count <= columns; i += TLanes.Count)
                TLanes.Store(tile + i, act.Forward<TLanes, TVec>(TLanes.Load(tile + i)));
            if (i < columns)
            {
                TVec last = TLanes.LoadPartial(tile + i, columns - i);
                TLanes.StorePartial(tile + i, act.Forward<TLanes, TVec>(last), columns - i);
            }

            tile += rowStride;
        }
    }
}
