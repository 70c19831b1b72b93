namespace Evenkeel.Kernels.Convolution;

/// <summary>How a convolution is computed.</summary>
internal enum ConvolutionMethod
{
    /// <summary>As <see cref="WinogradChoice"/> finds best for the shape.</summary>
    ByShape,

    /// <summary>Product by product.</summary>
    Direct,

    /// <summary>With fewer multiplications, wherever that is possible at all.</summary>
    Winograd,
}
