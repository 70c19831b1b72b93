using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>A line or a column of the elements of a window.</summary>
/// <param name="near">Element 0; 1 and 2 follow by <paramref name="step"/>.</param>
/// <param name="far">Where element 0 would lie if 3 and 4 followed by <paramref name="step"/>.</param>
/// <param name="infinity">Where element 0 would lie if the last one followed by <paramref name="step"/>.</param>
/// <param name="step">Floats from element to element.</param>
internal readonly unsafe struct WinogradElements(float* near, float* far, float* infinity, nint step)
{
    /// <summary>Elements that all lie in one piece of memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WinogradElements(float* all, nint step)
        : this(all, all, all, step) { }

    /// <summary>Element 0, 1 or 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Near(int element) => near + (element * step);

    /// <summary>Element 3 or 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Far(int element) => far + (element * step);

    /// <summary>The last element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Infinity(int element) => infinity + (element * step);
}
