using System.Numerics;
using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// The two sums that a backward pass needs of each channel, of d = dy * g' and of d * (x - center), where g' is taken at the very
/// value that the forward pass saw. Single precision inside a block of rows, double precision beyond.
/// </summary>
public static unsafe class GradientSums
{
    /// <summary>The sums alone: with the batch's own statistics dx needs them first.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g of the forward pass.</param>
    /// <param name="shape">The matrices.</param>
    /// <param name="inputs">x, y and dy.</param>
    /// <param name="coefficients">As in the forward pass.</param>
    /// <param name="sums">Receives [2, channels].</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public static void Run<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        in NormBackwardInputs inputs,
        in NormCoefficients coefficients,
        Span<double> sums
    )
        where TAct : struct, IActivation
    {
        inputs.Check<TAct>(pool, shape, coefficients);
        Run<TAct, SumsOnly>(pool, act, shape, inputs, coefficients, sums, default);
    }

    /// <summary>The sums, and dx = scale * d: the statistics are constants.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g of the forward pass.</param>
    /// <param name="shape">The matrices.</param>
    /// <param name="inputs">x, y and dy.</param>
    /// <param name="coefficients">As in the forward pass.</param>
    /// <param name="sums">Receives [2, channels].</param>
    /// <param name="dx">Receives [rows, channels]; may be dy's memory where both are dense.</param>
    /// <exception cref="ArgumentException">A size does not fit, or dx overlaps an input without being the same memory.</exception>
    public static void RunScaled<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        in NormBackwardInputs inputs,
        in NormCoefficients coefficients,
        Span<double> sums,
        Span<float> dx
    )
        where TAct : struct, IActivation
    {
        inputs.Check<TAct>(pool, shape, coefficients);
        inputs.CheckOutput<TAct>(shape, dx);
        Run<TAct, ScaledGradient>(pool, act, shape, inputs, coefficients, sums, dx);
    }

    /// <summary>The sums, and d itself: the gradient of a residual. g' is taken from y.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="act">The activation g: one whose output tells its gradient, as Identity, Relu, LeakyRelu or Sigmoid.</param>
    /// <param name="shape">The matrices, all dense.</param>
    /// <param name="inputs">x, y and dy.</param>
    /// <param name="coefficients">As in the forward pass.</param>
    /// <param name="sums">Receives [2, channels].</param>
    /// <param name="d">Receives [rows, channels]; may be dy's memory.</param>
    /// <exception cref="ArgumentException">
    /// A size does not fit, d overlaps an input without being the same memory, or g' does not follow from y.
    /// </exception>
    public static void RunKept<TAct>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        in NormBackwardInputs inputs,
        in NormCoefficients coefficients,
        Span<double> sums,
        Span<float> d
    )
        where TAct : struct, IActivation
    {
        shape.CheckDense();
        inputs.Check<FromOutput<TAct>>(pool, shape, coefficients);
        inputs.CheckOutput<FromOutput<TAct>>(shape, d);
        FromOutput<TAct> slope = FromOutput<TAct>.Require(act);
        Run<FromOutput<TAct>, KeptGradient>(pool, slope, shape, inputs, coefficients, sums, d);
    }

    private static void Run<TAct, TSink>(
        WorkerPool pool,
        TAct act,
        NormShape shape,
        in NormBackwardInputs inputs,
        in NormCoefficients coefficients,
        Span<double> sums,
        Span<float> output
    )
        where TAct : struct, IActivation
        where TSink : struct, IGradientSink
    {
        MatrixArguments.CheckVector(2 * shape.Channels, sums.Length);
        if (shape.Rows > 0)
            Run<TAct, TSink>(pool, NormPlan.ForBackward<TAct>(shape), act, inputs, coefficients, sums, output);
        else
            sums.Clear();
    }

    internal static void Run<TAct, TSink>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in NormBackwardInputs inputs,
        in NormCoefficients coefficients,
        Span<double> sums,
        Span<float> output
    )
        where TAct : struct, IActivation
        where TSink : struct, IGradientSink
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        workspace.Set(plan, coefficients);
        fixed (
            float* px = inputs.X,
                py = inputs.Y,
                pdy = inputs.Dy,
                pout = output
        )
        {
            var matrices = new GradientMatrices(px, py, pdy, pout, plan.OutputStride);
            var work = new GradientSumsWork<TAct, TSink>(plan, act, matrices, workspace);
            pool.For(plan.Chunks, ref work);
            if (plan.TailRows > 0)
                work.Tail();
        }

        fixed (double* total = sums)
            Merge(plan, workspace, total);
    }

    // All partial results of each channel, in index order.
    private static void Merge(in NormPlan plan, in NormWorkspace workspace, double* total)
    {
        int channels = plan.Channels;
        new ReadOnlySpan<double>(workspace.First, channels).CopyTo(new Span<double>(total, channels));
        new ReadOnlySpan<double>(workspace.Second, channels).CopyTo(new Span<double>(total + channels, channels));
        for (int p = 1; p < plan.Partials; p++)
        {
            nint at = (nint)p * channels;
            Add(workspace.First + at, total, channels);
            Add(workspace.Second + at, total + channels, channels);
        }
    }

    /// <summary>sum += part.</summary>
    internal static void Add(double* part, double* sum, int columns)
    {
        int c = 0;
        for (; c + Vector<double>.Count <= columns; c += Vector<double>.Count)
            (Vector.Load(sum + c) + Vector.Load(part + c)).Store(sum + c);
        for (; c < columns; c++)
            sum[c] += part[c];
    }
}

/// <summary>The sums of one tile.</summary>
internal static unsafe class TileGradients
{
    /// <summary>Sums the columns of <paramref name="tile"/> into partial result <paramref name="partial"/> (in floats of x).</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Sum<TAct, TSink>(
        TAct act,
        in GradientMatrices matrices,
        int width,
        in Tile tile,
        in NormWorkspace workspace,
        nint partial
    )
        where TAct : struct, IActivation
        where TSink : struct, IGradientSink
    {
        double* first = workspace.First + partial;
        double* second = workspace.Second + partial;
        new Span<double>(first, tile.Columns).Clear();
        new Span<double>(second, tile.Columns).Clear();
        float* sums = workspace.BlockFirst + ((nint)tile.Chunk * tile.Columns);
        float* products = workspace.BlockSecond + ((nint)tile.Chunk * tile.Columns);
        var pass = new GradientSumsPass<TAct, TSink>(act, matrices, tile.Columns, workspace, sums, products);
        for (int done = 0; done < tile.Rows; done += NormPlan.BlockRows)
        {
            int rows = Math.Min(NormPlan.BlockRows, tile.Rows - done);
            ColumnPass.Run(ref pass, width, tile.Row + done, rows, tile.Columns);
            Add(sums, first, tile.Columns);
            Add(products, second, tile.Columns);
        }
    }

    /// <summary>sum += block.</summary>
    internal static void Add(float* block, double* sum, int columns)
    {
        int c = 0;
        for (; c + Vector<float>.Count <= columns; c += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(block + c), out Vector<double> low, out Vector<double> high);
            int half = c + Vector<double>.Count;
            (Vector.Load(sum + c) + low).Store(sum + c);
            (Vector.Load(sum + half) + high).Store(sum + half);
        }

        for (; c < columns; c++)
            sum[c] += block[c];
    }
}

/// <summary>The sums of each tile, and what the sink makes of its gradients.</summary>
internal readonly unsafe struct GradientSumsWork<TAct, TSink>(
    NormPlan plan,
    TAct act,
    GradientMatrices matrices,
    NormWorkspace workspace
) : IChunkWork
    where TAct : struct, IActivation
    where TSink : struct, IGradientSink
{
    public void Run(int chunk)
    {
        Tile tile = Tile.Of(plan, chunk);
        nint partial = (nint)tile.Chunk * plan.Columns;
        TileGradients.Sum<TAct, TSink>(act, matrices, plan.Width, tile, workspace, partial);
    }

    /// <summary>The rows that folding leaves over.</summary>
    public void Tail()
    {
        nint partial = (nint)(plan.Partials - 1) * plan.Channels;
        TileGradients.Sum<TAct, TSink>(act, matrices.Tail(plan), plan.Width, Tile.Tail(plan), workspace, partial);
    }
}
