namespace Evenkeel.Kernels.Convolution;

/// <summary>A rectangle of the kernel's taps.</summary>
internal readonly record struct TapRange(int FirstRow, int Rows, int FirstColumn, int Columns)
{
    /// <summary>All taps of a grid.</summary>
    public static TapRange All(in PatchGrid grid) => new(0, grid.TapsY, 0, grid.TapsX);
}
