using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>g(x) = x^2, correctly rounded.</summary>
public readonly struct Square : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Multiply(x, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.Multiply(dy, TLanes.Add(inputOrOutput, inputOrOutput));
}

/// <summary>g(x) = x^3, by two products.</summary>
public readonly struct Cube : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Multiply(TLanes.Multiply(x, x), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.Multiply(dy, TLanes.Multiply(TLanes.Multiply(TLanes.Splat(3f), inputOrOutput), inputOrOutput));
}

/// <summary>g(x) = the square root of x, correctly rounded; NaN below 0. The gradient at 0 is infinite.</summary>
public readonly struct SquareRoot : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.SquareRoot(x);

    // g' = 1 / (2 y).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.Divide(TLanes.Multiply(TLanes.Splat(0.5f), dy), inputOrOutput);
}

/// <summary>g(x) = 1 / x, correctly rounded.</summary>
public readonly struct Reciprocal : IActivation
{
    /// <inheritdoc/>
    public static bool GradientUsesOutput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => TLanes.Divide(TLanes.Splat(1f), x);

    // g' = -y^2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.Subtract(TLanes.Zero, TLanes.Multiply(TLanes.Multiply(dy, inputOrOutput), inputOrOutput));
}

/// <summary>g(x) = x^p for one exponent p, by the rules of IEEE 754's pow: NaN for x below 0 unless p is a whole number.</summary>
/// <param name="exponent">p; a number.</param>
public readonly struct Power(float exponent) : IActivation
{
    /// <summary>p.</summary>
    public float Exponent => exponent;

    /// <inheritdoc/>
    public static bool GradientUsesOutput => false;

    /// <summary>a^b of two registers, to within 0.51 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVec Raise<TLanes, TVec>(TVec a, TVec b)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec one = TLanes.Splat(1f);
        TVec y = TLanes.PowerOfMagnitude(a, b);
        // An exponent of 0 makes the power 1 whatever the base is, and a base of 1 whatever the exponent.
        y = TLanes.SelectGreater(TLanes.Abs(b), TLanes.Zero, y, TLanes.Add(one, b));
        TVec fromOne = TLanes.Abs(TLanes.Subtract(TLanes.Abs(a), one));
        TVec ofOne = TLanes.SelectGreater(
            TLanes.Abs(b),
            TLanes.Splat(-1f),
            one,
            TLanes.SelectGreater(a, TLanes.Zero, one, b)
        );
        y = TLanes.SelectGreater(fromOne, TLanes.Zero, y, TLanes.SelectGreater(one, fromOne, ofOne, y));
        TVec parity = TLanes.Subtract(
            b,
            TLanes.Multiply(TLanes.Splat(2f), TLanes.Round(TLanes.Multiply(b, TLanes.Splat(0.5f))))
        );
        TVec whole = TLanes.SelectGreater(TLanes.Abs(parity), TLanes.Splat(0.5f), TLanes.CopySign(y, a), y);
        TVec fraction = TLanes.SelectGreater(TLanes.Zero, a, TLanes.Splat(float.NaN), y);
        fraction = TLanes.SelectGreater(a, TLanes.Splat(float.NegativeInfinity), fraction, y);
        return TLanes.SelectGreater(TLanes.Abs(TLanes.Subtract(b, TLanes.Round(b))), TLanes.Zero, fraction, whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Forward<TLanes, TVec>(TVec x) => Raise<TLanes, TVec>(x, TLanes.Splat(exponent));

    // g' = p x^(p - 1).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IActivation.Gradient<TLanes, TVec>(TVec inputOrOutput, TVec dy) =>
        TLanes.Multiply(
            TLanes.Multiply(dy, TLanes.Splat(exponent)),
            Raise<TLanes, TVec>(inputOrOutput, TLanes.Splat(exponent - 1f))
        );
}
