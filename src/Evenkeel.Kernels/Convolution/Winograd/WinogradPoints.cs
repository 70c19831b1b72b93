using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Where the polynomials of a minimal filtering are met along an axis: m outputs of three taps need m + 2 points. A tile at the end of a line or of an
/// image that has fewer outputs than others needs fewer of their points, so fewer products, with the same transformed weights.
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

    /// <summary>Whether a tile of so many outputs along an axis, 1 to 4, is met at points of a kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(int outputs, int kind) =>
        kind switch
        {
            Near => true,
            Far => outputs > 2,
            _ => outputs % 2 == 0,
        };
}
