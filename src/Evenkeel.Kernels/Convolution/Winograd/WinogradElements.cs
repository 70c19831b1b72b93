using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>A line or a column of the elements of a window.</summary>
/// <param name="first">Element 0; 1 and 2 follow by <paramref name="step"/>.</param>
/// <param name="second">Where element 0 would lie if 3 and 4 followed by <paramref name="step"/>.</param>
/// <param name="third">Where element 0 would lie if 5 and 6 followed by <paramref name="step"/>.</param>
/// <param name="infinity">Where element 0 would lie if the last one followed by <paramref name="step"/>.</param>
/// <param name="step">Floats from element to element.</param>
internal readonly unsafe struct WinogradElements(float* first, float* second, float* third, float* infinity, nint step)
{
    /// <summary>Elements that all lie in one piece of memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WinogradElements(float* all, nint step)
        : this(all, all, all, all, step) { }

    /// <summary>Element 0, 1 or 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* First(int element) => first + (element * step);

    /// <summary>Element 3 or 4, of six or eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Second(int element) => second + (element * step);

    /// <summary>Element 5 or 6, of eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Third(int element) => third + (element * step);

    /// <summary>The last element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Infinity(int element) => infinity + (element * step);
}
