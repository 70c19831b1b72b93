using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>The gradient of a bias: the column sums of the gradient that arrives at the layer's output.</summary>
public static unsafe class BiasGradient
{
    /// <summary>db[j] = sum over i of dy[i, j]; zeros for an empty batch. The same bits for every number of threads.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="rows">Rows of dy; may be 0.</param>
    /// <param name="channels">Columns of dy.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="db">[channels], overwritten.</param>
    /// <exception cref="ArgumentException">A size is negative, or a span does not have the size given.</exception>
    public static void Run(WorkerPool pool, int rows, int channels, ReadOnlySpan<float> dy, Span<float> db)
    {
        if (rows < 0 || channels < 0)
            throw new ArgumentException($"Sizes must not be negative, but rows = {rows}, channels = {channels}.");
        if (dy.Length != (long)rows * channels)
            throw new ArgumentException($"dy holds {dy.Length} floats instead of {rows} x {channels}.", nameof(dy));
        if (db.Length != channels)
            throw new ArgumentException($"db holds {db.Length} floats instead of {channels}.", nameof(db));
        fixed (float* source = dy)
        fixed (float* sums = db)
        {
            if (Vector512.IsHardwareAccelerated)
                ColumnSums<Vector512<float>, Lanes16>.Run(pool, rows, channels, source, sums);
            else if (Vector256.IsHardwareAccelerated)
                ColumnSums<Vector256<float>, Lanes8>.Run(pool, rows, channels, source, sums);
            else if (Vector128.IsHardwareAccelerated)
                ColumnSums<Vector128<float>, Lanes4>.Run(pool, rows, channels, source, sums);
            else
                ColumnSums<float, Lanes1>.Run(pool, rows, channels, source, sums);
        }
    }
}
