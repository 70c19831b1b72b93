using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Linear;

/// <summary>Copies one tile's part of a to where its rows do not compete for cache sets.</summary>
internal static unsafe class TileCopy
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

    /// <summary>Copies, and replaces the strides by those of the copy.</summary>
    public static float* Run(float* a, int rows, int steps, ref nint rowStride, ref nint stepStride, float* copy)
    {
        if (stepStride == 1)
        {
            for (int row = 0; row < rows; row++)
                Unsafe.CopyBlockUnaligned(
                    copy + (row * RowStride(steps)),
                    a + (row * rowStride),
                    (uint)steps * sizeof(float)
                );
            rowStride = RowStride(steps);
            return copy;
        }

        for (int step = 0; step < steps; step++)
            Unsafe.CopyBlockUnaligned(copy + (step * Line), a + (step * stepStride), (uint)rows * sizeof(float));
        stepStride = Line;
        return copy;
    }

    // An odd number of cache lines apart.
    private static nint RowStride(int steps) => (((nint)steps + 31) / 32 * 32) + Line;
}
