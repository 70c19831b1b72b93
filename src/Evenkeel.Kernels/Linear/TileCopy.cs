using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>A tile's rows of a.</summary>
internal readonly unsafe struct TileRows(float* first, nint rowStride, nint stepStride)
{
    public float* First => first;

    public nint RowStride => rowStride;

    public nint StepStride => stepStride;
}

/// <summary>Copies one tile's part of a to where its rows do not compete for cache sets.</summary>
internal static unsafe class TileCopy<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // Rows a multiple of this many floats apart share a quarter of the first-level cache's sets or less.
    private const int ConflictStride = 256;

    // The copy costs about one step in n / 32; with fewer columns it does not come back.
    private const int FewestColumns = 256;

    // A step of a copied transpose takes a whole cache line, so that no step straddles two.
    private const int Line = 16;

    /// <summary>Whether copying tiles of a gains time.</summary>
    public static bool Pays(in Product product) =>
        product.Columns >= FewestColumns && Math.Max(product.ARowStride, product.AStepStride) % ConflictStride == 0;

    /// <summary>Room for one tile.</summary>
    public static nint Floats(int rows, int steps) => Math.Max((nint)rows * RowStride(steps), (nint)steps * Line);

    /// <summary>Copies a tile's rows and says where they are now.</summary>
    public static TileRows Run(in TileRows a, int rows, int steps, float* copy)
    {
        if (a.StepStride != 1)
        {
            Copy(a.First, a.StepStride, rows, copy, Line, steps);
            return new(copy, a.RowStride, Line);
        }

        for (int row = 0; row < rows; row++)
            Copy(a.First + (row * a.RowStride), 0, steps, copy + (row * RowStride(steps)), 0, 1);
        return new(copy, RowStride(steps), 1);
    }

    // Copies so many runs of so many floats.
    [MethodImpl(HotMethods.Loop)]
    private static void Copy(float* source, nint stride, int floats, float* copy, nint copyStride, int runs)
    {
        for (; runs > 0; runs--)
        {
            int i = 0;
            for (; i + TLanes.Count <= floats; i += TLanes.Count)
                TLanes.Store(copy + i, TLanes.Load(source + i));
            if (i < floats)
                TLanes.StorePartial(copy + i, TLanes.LoadPartial(source + i, floats - i), floats - i);
            source += stride;
            copy += copyStride;
        }
    }

    // An odd number of cache lines apart.
    private static nint RowStride(int steps) => (((nint)steps + 31) / 32 * 32) + Line;
}
