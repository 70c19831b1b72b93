namespace Evenkeel.Kernels.Norm;

/// <summary>The matrices that a backward pass reads and writes, all of one shape.</summary>
/// <param name="x">The input of the forward pass.</param>
/// <param name="y">Its output; read only by activations whose gradient uses it.</param>
/// <param name="dy">The gradient of the output.</param>
/// <param name="dx">Receives the gradient of the input; may be <paramref name="dy"/>.</param>
internal readonly unsafe struct GradientMatrices(float* x, float* y, float* dy, float* dx)
{
    public float* X { get; } = x;
    public float* Y { get; } = y;
    public float* Dy { get; } = dy;
    public float* Dx { get; } = dx;

    /// <summary>The same matrices from float <paramref name="offset"/> on.</summary>
    public GradientMatrices From(nint offset) =>
        new(X + offset, Y is null ? null : Y + offset, Dy + offset, Dx + offset);
}
