using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Where the polynomials of a minimal filtering are met along an axis: m outputs of r taps need m + r - 1 points, as many as pixels that they see. A tile
/// at the end of a line or of an image that has fewer outputs than others needs fewer of their points, so fewer products, with the same transformed weights.
/// </summary>
internal static class WinogradPoints
{
    /// <summary>Zero, the first number and its negative: elements 0, 1 and 2 of a window.</summary>
    public const int First = 0;

    /// <summary>The second number and its negative: elements 3 and 4, in windows of six and eight.</summary>
    public const int Second = 1;

    /// <summary>The third number and its negative: elements 5 and 6, in windows of eight.</summary>
    public const int Third = 2;

    /// <summary>Infinity, the last element.</summary>
    public const int Infinity = 3;

    /// <summary>Kinds of points.</summary>
    public const int Kinds = 4;

    /// <summary>The kind of an element of a window of so many elements along an axis.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(int element, int window) =>
        element == window - 1 ? Infinity
        : element < 3 ? First
        : element < 5 ? Second
        : Third;

    /// <summary>Whether a tile that needs so many points along an axis, 3 to 8, is met at those of a kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(int points, int kind) =>
        kind switch
        {
            First => true,
            Second => points > 4,
            Third => points > 6,
            _ => points % 2 == 0,
        };
}
