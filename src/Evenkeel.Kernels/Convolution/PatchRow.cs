namespace Evenkeel.Kernels.Convolution;

/// <summary>One place of a grid: its image, where its patch begins in it, and the pixel it writes.</summary>
internal unsafe struct PatchRow
{
    public float* Image;
    public int Y;
    public int X;
    public float* Target;
}
