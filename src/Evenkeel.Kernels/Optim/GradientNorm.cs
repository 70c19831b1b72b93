using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>The size of a gradient, and its scaling: the two halves of clipping by norm.</summary>
public static unsafe class GradientNorm
{
    /// <summary>
    /// The sum of the squares, in double precision: no overflow for any finite floats, and the same bits for every number
    /// of threads and every vector width.
    /// </summary>
    /// <param name="pool">Threads to use.</param>
    /// <param name="values">Any number of floats; NaN or infinite if one of them is.</param>
    public static double SumOfSquares(WorkerPool pool, ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(pool);
        double result = 0;
        fixed (float* source = values)
            WidestLanes.Run(new SumOfSquaresPass(pool, values.Length, source, &result));

        return result;
    }

    /// <summary>Multiplies all values by <paramref name="factor"/>, in place.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="values">Any number of floats.</param>
    /// <param name="factor">Any number.</param>
    public static void Scale(WorkerPool pool, Span<float> values, float factor)
    {
        ArgumentNullException.ThrowIfNull(pool);
        fixed (float* p = values)
            WidestLanes.Run(new ElementwisePass<ScaleKernel>(pool, values.Length, new(p, p, factor)));
    }
}
