namespace Evenkeel.Kernels.Convolution;

/// <summary>The filters of a convolution that adds a bias.</summary>
/// <param name="weights">[kernel height, kernel width, input channels / groups, output channels].</param>
/// <param name="bias">[output channels].</param>
public readonly ref struct BiasedFilters(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
{
    /// <summary>[kernel height, kernel width, input channels / groups, output channels].</summary>
    public ReadOnlySpan<float> Weights { get; } = weights;

    /// <summary>[output channels].</summary>
    public ReadOnlySpan<float> Bias { get; } = bias;
}

/// <summary>The memory of one convolution; in a backward pass, X, Y or Weights stand for their gradients.</summary>
internal unsafe struct ConvolutionOperands
{
    public ConvolutionShape Shape;
    public int Batch;
    public float* X;
    public float* Weights;
    public float* Y;

    /// <summary>What makes the input of what lies at X; null where that is the input.</summary>
    public InputNorm* Norm;

    /// <summary>Floats between neighbouring pixels of y.</summary>
    public nint YStride;

    /// <summary>How to compute it; tests choose.</summary>
    public ConvolutionMethod Method;
}

/// <summary>How a convolution is computed.</summary>
internal enum ConvolutionMethod
{
    /// <summary>As <see cref="Winograd.WinogradChoice"/> finds best for the shape.</summary>
    ByShape,

    /// <summary>Product by product.</summary>
    Direct,

    /// <summary>With fewer multiplications, by polynomials met at 4 points along each axis: 2 outputs of 3 taps, wherever that is possible at all.</summary>
    FourPoints,

    /// <summary>With fewer still, met at 6 points along each axis: 4 outputs of 3 taps, 3 of 4 or 2 of 5, wherever that is possible at all.</summary>
    SixPoints,

    /// <summary>With the fewest, met at 8 points: 6 outputs of 3 taps, 5 of 4 or 4 of 5.</summary>
    EightPoints,
}
