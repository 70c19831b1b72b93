using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// Chooses by shape how b is read: from end to end, in place, packed panel by panel, or packed block by block. What runs per tile or
/// panel is compiled with full optimisation at once: promotion from the quick first tier comes late on a busy machine.
/// </summary>
internal static unsafe class BlockedProduct<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // Packing an element of b costs as much time as a few dozen rows spend on using it.
    private const int FewRows = 128;

    // 32 KB: b stays in the first-level cache without being packed.
    private const int SmallB = 8 * 1024;

    /// <summary>Computes <paramref name="product"/>.</summary>
    public static void Run(WorkerPool pool, in Product product)
    {
        if (product.Rows == 0 || product.Columns == 0)
            return;
        bool few = product.Rows <= FewRows;
        if (SplitDepthProduct<TVec, TLanes>.Suits(product))
            SplitDepthProduct<TVec, TLanes>.Run(pool, product);
        else if (VectorProduct<TVec, TLanes>.Fits(product))
            VectorProduct<TVec, TLanes>.Run(pool, product);
        else if (product.BColumnStride != 1 && few)
            PanelProduct<TVec, TLanes>.Run(pool, product);
        else if (product.BColumnStride == 1 && (few || (long)product.Depth * product.Columns <= SmallB))
            DirectProduct<TVec, TLanes>.Run(pool, product);
        else
            PackedProduct<TVec, TLanes>.Run(pool, product);
    }
}

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
