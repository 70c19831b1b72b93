namespace Evenkeel.Kernels.Linear;

/// <summary>
/// c = bias + a b, with c of <see cref="Rows"/> x <see cref="Columns"/> without gaps. Strides are in floats: the same code
/// serves a and its transpose (row and step stride exchanged), b and its transpose (step and column stride exchanged).
/// </summary>
internal unsafe struct Product
{
    public int Rows;
    public int Depth;
    public int Columns;

    public float* A;
    public nint ARowStride;
    public nint AStepStride;

    public float* B;
    public nint BStepStride;
    public nint BColumnStride;

    /// <summary>Where the sums start, one value per column, or null for zero.</summary>
    public float* Bias;
    public float* C;

    /// <summary>Multiplications and as many additions.</summary>
    public readonly double Operations => 2.0 * Rows * Depth * Columns;
}
