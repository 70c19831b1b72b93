namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Where transformed tiles go: each element of a window into a plane of its own, with a row for each tile. Planes fill the second-level cache, so each
/// element goes there once, when it is done; what lies between the two passes of a transform stays in memory small enough for the first-level one.
/// </summary>
/// <param name="first">The first tile's row of the first plane.</param>
/// <param name="stride">Floats from row to row.</param>
/// <param name="plane">Floats from plane to plane.</param>
/// <param name="kept">Memory for a vector of each element of a window.</param>
internal readonly unsafe struct WinogradPlanes(float* first, nint stride, nint plane, float* kept)
{
    /// <summary>The first tile's row of the first plane.</summary>
    public float* First => first;

    /// <summary>Floats from row to row.</summary>
    public nint Stride => stride;

    /// <summary>Floats from plane to plane.</summary>
    public nint Plane => plane;

    /// <summary>Memory for a vector of each element of a window.</summary>
    public float* Kept => kept;
}
