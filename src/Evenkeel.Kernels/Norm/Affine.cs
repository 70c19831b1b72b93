using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// The coefficients of one register of columns. Forward and backward share this arithmetic, so that an activation's
/// gradient is taken at exactly the value that its forward pass saw.
/// </summary>
internal readonly unsafe struct Affine<TLanes, TVec>(TVec center, TVec scale, TVec shift)
    where TLanes : struct, ILanes<TVec>
    where TVec : unmanaged
{
    /// <summary>Multiplies the centred value.</summary>
    public TVec Scale { get; } = scale;

    /// <summary>Reads the coefficients of the columns from <paramref name="column"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Affine<TLanes, TVec> Load(float* center, float* scale, float* shift, nint column) =>
        new(TLanes.Load(center + column), TLanes.Load(scale + column), TLanes.Load(shift + column));

    /// <summary>x - center.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec Centered(TVec x) => TLanes.Subtract(x, center);

    /// <summary>(x - center) * scale + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec Apply(TVec x) => OfCentered(Centered(x));

    /// <summary>centered * scale + shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec OfCentered(TVec centered) => TLanes.MultiplyAdd(centered, Scale, shift);
}

/// <summary>The gradient before the activation: dy times its derivative.</summary>
internal static unsafe class PreGradient<TAct, TLanes, TVec>
    where TAct : struct, IActivation
    where TLanes : struct, ILanes<TVec>
    where TVec : unmanaged
{
    /// <summary>Reads y where the activation wants its output; otherwise recomputes its input from x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Of(TAct act, in Affine<TLanes, TVec> affine, TVec centered, float* y, float* dy) =>
        act.Gradient<TLanes, TVec>(
            TAct.GradientUsesOutput ? TLanes.Load(y) : affine.OfCentered(centered),
            TLanes.Load(dy)
        );
}
