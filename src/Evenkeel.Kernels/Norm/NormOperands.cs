using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>The matrices of one normalisation. For images, rows = batch * height * width with channels last.</summary>
/// <param name="Rows">Values per channel m, 0 or more. With none, no output is touched and sums of gradients are zero.</param>
/// <param name="Channels">Channels, 1 or more.</param>
/// <param name="OutputStride">
/// Floats from one row of the output, and of its gradient, to the next. More than <paramref name="Channels"/> where the output is a slice
/// of a wider matrix, as where branches are concatenated; what lies between the rows is left alone. Inputs and their gradients are dense.
/// </param>
public readonly record struct NormShape(int Rows, int Channels, int OutputStride)
{
    /// <summary>All matrices are dense.</summary>
    /// <param name="rows">Values per channel m, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    public NormShape(int rows, int channels)
        : this(rows, channels, channels) { }

    internal void CheckDense()
    {
        if (OutputStride != Channels)
            throw new ArgumentException(
                $"Rows of {Channels} channels lie {OutputStride} apart; the sum with a shortcut is dense."
            );
    }
}

/// <summary>What a batch normalisation learns, and its epsilon.</summary>
/// <param name="gamma">[channels].</param>
/// <param name="beta">[channels].</param>
/// <param name="epsilon">Added to the variance; finite, 0 or more. With 0, a constant channel gives beta.</param>
public readonly ref struct NormParameters(ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, float epsilon)
{
    /// <summary>[channels].</summary>
    public ReadOnlySpan<float> Gamma { get; } = gamma;

    /// <summary>[channels].</summary>
    public ReadOnlySpan<float> Beta { get; } = beta;

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; } = epsilon;

    internal void Check(int channels)
    {
        MatrixArguments.CheckVector(channels, Gamma.Length);
        MatrixArguments.CheckVector(channels, Beta.Length);
        if (!(Epsilon >= 0 && float.IsFinite(Epsilon)))
            throw new ArgumentException($"epsilon is {Epsilon}; it must be finite and at least 0.");
    }
}

/// <summary>What a backward pass reads of its forward pass, and the gradient that comes in.</summary>
/// <param name="x">[rows, channels]: the input of the forward pass.</param>
/// <param name="y">Its output; may be empty where the gradient of the activation does not use it.</param>
/// <param name="dy">[rows, channels], rows as far apart as those of the output.</param>
public readonly ref struct NormBackwardInputs(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy)
{
    /// <summary>[rows, channels]: the input of the forward pass.</summary>
    public ReadOnlySpan<float> X { get; } = x;

    /// <summary>Its output.</summary>
    public ReadOnlySpan<float> Y { get; } = y;

    /// <summary>The gradient of the output.</summary>
    public ReadOnlySpan<float> Dy { get; } = dy;

    /// <summary>Checks the inputs against each other; y counts only where the activation uses it.</summary>
    internal void Check<TAct>(WorkerPool pool, NormShape shape, in NormCoefficients coefficients)
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        (int rows, int channels, int stride) = shape;
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, X.Length);
        MatrixArguments.CheckStrided(rows, channels, stride, Dy.Length);
        if (TAct.GradientUsesOutput)
            MatrixArguments.CheckStrided(rows, channels, stride, Y.Length);
        coefficients.Check(channels);
    }

    /// <summary>Checks that a gradient has the input's shape and does not overlap what is still to be read.</summary>
    internal void CheckOutput<TAct>(NormShape shape, ReadOnlySpan<float> dx)
        where TAct : struct, IActivation
    {
        (int rows, int channels, int stride) = shape;
        MatrixArguments.CheckMatrix(rows, channels, dx.Length);
        MatrixArguments.CheckOverlap(X, dx);
        MatrixArguments.CheckOverlap(dx, Dy, channels, stride);
        if (TAct.GradientUsesOutput)
            MatrixArguments.CheckOverlap(dx, Y, channels, stride);
    }
}

/// <summary>Receives the gradients of a normalisation.</summary>
/// <param name="dx">[rows, channels]; may be the incoming gradient's memory where both are dense.</param>
/// <param name="dgamma">[channels].</param>
/// <param name="dbeta">[channels].</param>
public readonly ref struct NormGradientOutputs(Span<float> dx, Span<float> dgamma, Span<float> dbeta)
{
    /// <summary>[rows, channels].</summary>
    public Span<float> Dx { get; } = dx;

    /// <summary>[channels].</summary>
    public Span<float> Dgamma { get; } = dgamma;

    /// <summary>[channels].</summary>
    public Span<float> Dbeta { get; } = dbeta;

    internal void Check(int channels)
    {
        MatrixArguments.CheckVector(channels, Dgamma.Length);
        MatrixArguments.CheckVector(channels, Dbeta.Length);
    }
}
