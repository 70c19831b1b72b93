using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>The gradient through an activation and the bias in front of it, in one pass.</summary>
public static unsafe class ActivationBias
{
    /// <summary>
    /// dz = dy * g', with g' from the output y, and db[j] = sum over i of dz[i, j]; db is zero with no rows. Sums are in
    /// single precision within blocks of 64 rows and in double precision beyond.
    /// </summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g: one whose output tells its gradient, as Identity, Relu, LeakyRelu or Sigmoid.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="y">The outputs y = g(z + bias): row i begins at float i * <paramref name="yStride"/>.</param>
    /// <param name="yStride">Floats from row to row of y, at least <paramref name="channels"/>.</param>
    /// <param name="dy">Their gradients: row i begins at float i * <paramref name="dyStride"/>.</param>
    /// <param name="dyStride">Floats from row to row of dy, at least <paramref name="channels"/>.</param>
    /// <param name="dz">Receives [rows, channels]; may be the memory of a dense dy or y.</param>
    /// <param name="db">Receives [channels].</param>
    /// <exception cref="ArgumentException">
    /// A size does not fit, dz overlaps an input without being the same memory, or g' does not follow from y.
    /// </exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        int rows,
        int channels,
        ReadOnlySpan<float> y,
        int yStride,
        ReadOnlySpan<float> dy,
        int dyStride,
        Span<float> dz,
        Span<float> db
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckRows(rows, channels, yStride, y.Length);
        MatrixArguments.CheckRows(rows, channels, dyStride, dy.Length);
        MatrixArguments.CheckMatrix(rows, channels, dz.Length);
        MatrixArguments.CheckVector(channels, db.Length);
        MatrixArguments.CheckOverlap(dz, y, channels, yStride);
        MatrixArguments.CheckOverlap(dz, dy, channels, dyStride);
        Backward(
            pool,
            WidestLanes.Count,
            FromOutput<TAct>.Require(act),
            rows,
            channels,
            y,
            yStride,
            dy,
            dyStride,
            dz,
            db
        );
    }

    internal static void Backward<TAct>(
        WorkerPool pool,
        int width,
        FromOutput<TAct> act,
        int rows,
        int channels,
        ReadOnlySpan<float> y,
        int yStride,
        ReadOnlySpan<float> dy,
        int dyStride,
        Span<float> dz,
        Span<float> db
    )
        where TAct : struct, IActivation
    {
        if (rows == 0)
        {
            db.Clear();
            return;
        }

        ActivationBiasPlan plan = ActivationBiasPlan.For(rows, channels, width);
        double* partials = (double*)pool.Scratch((nuint)plan.Chunks * (nuint)channels * sizeof(double));
        fixed (
            float* ys = y,
                dys = dy,
                dzs = dz
        )
        {
            var pass = new ActivationBiasPass<TAct>(act, ys, yStride, dys, dyStride, dzs, channels);
            var work = new ActivationBiasWork<TAct>(plan, pass, partials);
            pool.For(plan.Chunks, ref work);
        }

        for (int c = 0; c < channels; c++)
        {
            double sum = partials[c];
            for (int chunk = 1; chunk < plan.Chunks; chunk++)
                sum += partials[((nint)chunk * channels) + c];
            db[c] = (float)sum;
        }
    }
}
