using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>The scratch memory of one normalisation kernel, carved from what the pool lends.</summary>
internal readonly unsafe struct NormWorkspace
{
    private const nuint Line = 64;

    /// <summary>Carves what <see cref="Borrow"/> borrowed, and is valid as long.</summary>
    public NormWorkspace(in Scratch lent, in NormPlan plan)
    {
        nuint partial = PartialBytes(plan);
        nuint block = BlockBytes(plan);
        nuint column = ColumnBytes(plan);
        byte* at = lent.Pointer;
        First = (double*)at;
        Second = (double*)(at + partial);
        at += 2 * partial;
        BlockFirst = (float*)at;
        BlockSecond = (float*)(at + block);
        BlockReference = (float*)(at + (2 * block));
        at += 3 * block;
        Center = (float*)at;
        Scale = (float*)(at + column);
        Shift = (float*)(at + (2 * column));
        MeanGradient = (float*)(at + (3 * column));
        Slope = (float*)(at + (4 * column));
    }

    /// <summary>Borrows what <paramref name="plan"/> needs.</summary>
    public static Scratch Borrow(WorkerPool pool, in NormPlan plan) =>
        pool.Scratch((2 * PartialBytes(plan)) + (3 * BlockBytes(plan)) + (5 * ColumnBytes(plan)));

    /// <summary>Copies coefficients and repeats them for every row that is folded into a wide one.</summary>
    public void Set(in NormPlan plan, in NormCoefficients coefficients)
    {
        if (coefficients.Center.Length > 0)
            Repeat(plan, coefficients.Center, Center);
        else
            new Span<float>(Center, plan.Columns).Clear();
        Repeat(plan, coefficients.Scale, Scale);
        Repeat(plan, coefficients.Shift, Shift);
    }

    /// <summary>Copies the coefficients of the gradient likewise.</summary>
    public void Set(in NormPlan plan, in GradientCoefficients coefficients)
    {
        Repeat(plan, coefficients.MeanGradient, MeanGradient);
        Repeat(plan, coefficients.Slope, Slope);
    }

    /// <summary>[partials, channels]: means, or sums of gradients.</summary>
    public double* First { get; }

    /// <summary>[partials, channels]: sums of squared deviations, or of gradients times deviations.</summary>
    public double* Second { get; }

    /// <summary>[chunks, columns]: single-precision sums of the block at hand.</summary>
    public float* BlockFirst { get; }

    /// <summary>[chunks, columns]: the second sums of the block at hand.</summary>
    public float* BlockSecond { get; }

    /// <summary>[chunks, columns]: what the values of the block at hand are taken relative to.</summary>
    public float* BlockReference { get; }

    /// <summary>[columns]: subtracted from x first.</summary>
    public float* Center { get; }

    /// <summary>[columns]: multiplies the centred x.</summary>
    public float* Scale { get; }

    /// <summary>[columns]: added last.</summary>
    public float* Shift { get; }

    /// <summary>[columns]: subtracted from the gradient.</summary>
    public float* MeanGradient { get; }

    /// <summary>[columns]: multiplies the centred x in the gradient.</summary>
    public float* Slope { get; }

    private static void Repeat(in NormPlan plan, ReadOnlySpan<float> channels, float* columns)
    {
        for (int c = 0; c < plan.Columns; c += plan.Channels)
            channels.CopyTo(new Span<float>(columns + c, plan.Channels));
    }

    private static nuint PartialBytes(in NormPlan plan) =>
        Padded((nuint)plan.Partials * (nuint)plan.Channels * sizeof(double));

    private static nuint BlockBytes(in NormPlan plan) =>
        Padded((nuint)plan.Chunks * (nuint)plan.Columns * sizeof(float));

    private static nuint ColumnBytes(in NormPlan plan) => Padded((nuint)plan.Columns * sizeof(float));

    private static nuint Padded(nuint bytes) => (bytes + Line - 1) & ~(Line - 1);
}

/// <summary>The matrices that a backward pass reads and writes, all of one shape; x and dx are dense.</summary>
/// <param name="x">The input of the forward pass.</param>
/// <param name="y">Its output; read only by activations whose gradient uses it.</param>
/// <param name="dy">The gradient of the output.</param>
/// <param name="dx">Receives the gradient of the input; may be <paramref name="dy"/>.</param>
/// <param name="outputStride">Floats between the rows of y and of dy.</param>
internal readonly unsafe struct GradientMatrices(float* x, float* y, float* dy, float* dx, int outputStride)
{
    public float* X { get; } = x;
    public float* Y { get; } = y;
    public float* Dy { get; } = dy;
    public float* Dx { get; } = dx;
    public int OutputStride { get; } = outputStride;

    /// <summary>The rows that folding leaves over; only dense matrices are folded.</summary>
    public GradientMatrices Tail(in NormPlan plan)
    {
        nint offset = plan.TailOffset;
        return new(X + offset, Y is null ? null : Y + offset, Dy + offset, Dx + offset, plan.Channels);
    }
}
