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
    /// <param name="y">The outputs y = g(z + bias).</param>
    /// <param name="dy">Their gradients.</param>
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
        StridedRows y,
        StridedRows dy,
        Span<float> dz,
        Span<float> db
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(rows, channels);
        y.Check(rows, channels, "y");
        dy.Check(rows, channels, "dy");
        MatrixArguments.CheckMatrix(rows, channels, dz.Length);
        MatrixArguments.CheckVector(channels, db.Length);
        MatrixArguments.CheckOverlap(dz, y.Values, channels, y.Stride);
        MatrixArguments.CheckOverlap(dz, dy.Values, channels, dy.Stride);
        Backward(
            pool,
            ColumnSumsPlan.For(rows, channels, WidestLanes.Count),
            FromOutput<TAct>.Require(act),
            y,
            dy,
            dz,
            db
        );
    }

    internal static void Backward<TAct>(
        WorkerPool pool,
        in ColumnSumsPlan plan,
        FromOutput<TAct> act,
        StridedRows y,
        StridedRows dy,
        Span<float> dz,
        Span<float> db
    )
        where TAct : struct, IActivation
    {
        fixed (float* ys = y.Values)
        fixed (float* dys = dy.Values)
        fixed (float* dzs = dz)
        {
            var pass = new ColumnSumsPass<FromOutput<TAct>, CachedStore>(act, ys, y.Stride, dys, dy.Stride)
            {
                Dz = dzs,
                Stride = plan.Channels,
            };
            ColumnSums<FromOutput<TAct>, CachedStore>.Run(pool, plan, pass, db);
        }
    }
}

/// <summary>Rows of a matrix that need not lie side by side.</summary>
/// <param name="values">Row i begins at float i * stride.</param>
/// <param name="stride">Floats from row to row, the row's or more.</param>
public readonly ref struct StridedRows(ReadOnlySpan<float> values, int stride)
{
    /// <summary>Row i begins at float i * <see cref="Stride"/>.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>Floats from row to row.</summary>
    public int Stride { get; } = stride;

    internal void Check(int rows, int channels, string name) =>
        MatrixArguments.CheckRows(rows, channels, Stride, Values.Length, name);
}
