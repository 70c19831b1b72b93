namespace Evenkeel.Kernels.Norm;

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
