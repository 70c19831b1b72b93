namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// A tile of the weights' gradient: sums[i, j] += sum over places of x[place, i] gradients[place, j]. Places are steps within
/// lines within images; the jumps lead from the end of one line or image to the next. Sums are a panel, one tile width of
/// floats per row; of gradients whole vectors are read.
/// </summary>
internal unsafe struct WeightTile
{
    public float* Sums;
    public float* X;
    public nint XStep;
    public nint XLineJump;
    public nint XImageJump;
    public float* Gradients;
    public nint GradientStep;
    public nint GradientLineJump;
    public nint GradientImageJump;
    public nint Steps;
    public int Lines;
    public int Images;
}
