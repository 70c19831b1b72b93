namespace Evenkeel.Kernels.Convolution;

/// <summary>The memory of one convolution; in a backward pass, X, Y or Weights stand for their gradients.</summary>
internal unsafe struct ConvolutionOperands
{
    public ConvolutionShape Shape;
    public int Batch;
    public float* X;
    public float* Weights;
    public float* Y;

    /// <summary>Floats between neighbouring pixels of y.</summary>
    public nint YStride;

    /// <summary>How to compute it; tests choose.</summary>
    public ConvolutionMethod Method;
}
