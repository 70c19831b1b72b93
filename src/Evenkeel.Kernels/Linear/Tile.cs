using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// A row or column of equal tiles of a product; for each c[i, j] = start[i, j] + sum over s of a[i, s] b[s, j]. All strides are in floats. Every element is
/// one chain of fused multiply-adds in the order of s, so its bits depend on neither tile, blocking, width nor threads.
/// </summary>
internal unsafe struct Tile
{
    public float* A;
    public nint ARowStride;
    public nint AStepStride;

    /// <summary>First of <see cref="Steps"/> rows of b; whole vectors are read, also where the tile has fewer columns.</summary>
    public float* B;
    public nint BStepStride;
    public nint Steps;

    /// <summary>How often <see cref="Steps"/> steps are made, 1 or more; between two runs a and b skip so many floats.</summary>
    public nint Runs;
    public nint ARunJump;
    public nint BRunJump;

    /// <summary>The last rows of b, padded to whole vectors, where reading them in place would pass the end of b.</summary>
    public float* BLast;
    public nint BLastStride;
    public nint LastSteps;

    /// <summary>What the sums start from; a row stride of 0 repeats one row (a bias, or zeros).</summary>
    public float* Start;
    public nint StartRowStride;

    public float* C;
    public nint CRowStride;

    /// <summary>Columns of c to read and write, 1 to the tile's width.</summary>
    public int Columns;

    /// <summary>Tiles to compute, 1 or more, and the way from each to the next.</summary>
    public int Count;
    public nint ANext;
    public nint BNext;
    public nint StartNext;
    public nint CNext;

    /// <summary>What the steps ask for.</summary>
    public AheadStream Ahead;

    /// <summary>Whether to ask for c too, which is then written without waiting for it.</summary>
    public bool AsksForC;
}
