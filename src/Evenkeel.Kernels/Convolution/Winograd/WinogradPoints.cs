using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Where the polynomials of a minimal filtering are met along an axis: m outputs of r taps need m + r - 1 points, as many as pixels that they see. A tile
/// at the end of a line or of an image that has fewer outputs than others needs fewer of their points, so fewer products, with the same transformed weights.
/// </summary>
internal static class WinogradPoints
{
    /// <summary>Zero, the first number and its negative: elements 0, 1 and 2 of a window.</summary>
    public const int Near = 0;

    /// <summary>The second number and its negative: elements 3 and 4, in windows of six.</summary>
    public const int Far = 1;

    /// <summary>Infinity, the last element.</summary>
    public const int Infinity = 2;

    /// <summary>Kinds of points.</summary>
    public const int Kinds = 3;

    /// <summary>The kind of an element of a window of so many elements along an axis.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(int element, int window) =>
        element < 3 ? Near
        : element < window - 1 ? Far
        : Infinity;

    /// <summary>Whether a tile that needs so many points along an axis, 3 to 6, is met at those of a kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(int points, int kind) =>
        kind switch
        {
            Near => true,
            Far => points > 4,
            _ => points % 2 == 0,
        };
}
