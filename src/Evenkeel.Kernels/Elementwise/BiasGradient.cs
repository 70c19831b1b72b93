using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>The gradient of a bias: the column sums of the gradient behind it.</summary>
public static unsafe class BiasGradient
{
    /// <summary>
    /// db[j] = sum over i of dy[i, j], zero with no rows. Sums are in single precision within blocks of 64 rows and in double precision
    /// beyond.
    /// </summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="dy">[rows, channels].</param>
    /// <param name="db">Receives [channels].</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public static void Run(WorkerPool pool, int rows, int channels, ReadOnlySpan<float> dy, Span<float> db)
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, dy.Length);
        MatrixArguments.CheckVector(channels, db.Length);
        Run(pool, ColumnSumsPlan.For(rows, channels, WidestLanes.Count), dy, db);
    }

    internal static void Run(WorkerPool pool, in ColumnSumsPlan plan, ReadOnlySpan<float> dy, Span<float> db)
    {
        fixed (float* source = dy)
        {
            var pass = new ColumnSumsPass<Identity, NoStore>(default, null, 0, source, plan.Channels);
            ColumnSums<Identity, NoStore>.Run(pool, plan, pass, db);
        }
    }
}
