using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Loss;

/// <summary>A loss of single values as pure arithmetic on registers.</summary>
public interface IPointwiseLoss
{
    /// <summary>The loss of an output x whose target is t.</summary>
    TVec Loss<TLanes, TVec>(TVec x, TVec t)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>Its derivative by x.</summary>
    TVec Slope<TLanes, TVec>(TVec x, TVec t)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>(x - t)^2.</summary>
public readonly struct SquaredError : IPointwiseLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPointwiseLoss.Loss<TLanes, TVec>(TVec x, TVec t)
    {
        TVec d = TLanes.Subtract(x, t);
        return TLanes.Multiply(d, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPointwiseLoss.Slope<TLanes, TVec>(TVec x, TVec t)
    {
        TVec d = TLanes.Subtract(x, t);
        return TLanes.Add(d, d);
    }
}

/// <summary>|x - t|; the slope is 0 where both are equal.</summary>
public readonly struct AbsoluteError : IPointwiseLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPointwiseLoss.Loss<TLanes, TVec>(TVec x, TVec t) => TLanes.Abs(TLanes.Subtract(x, t));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPointwiseLoss.Slope<TLanes, TVec>(TVec x, TVec t) =>
        TLanes.SelectGreater(x, t, TLanes.Splat(1f), TLanes.SelectGreater(t, x, TLanes.Splat(-1f), TLanes.Zero));
}

/// <summary>(x - t)^2 / 2 up to a distance of delta, delta * (|x - t| - delta / 2) beyond (Huber 1964).</summary>
public readonly struct HuberError : IPointwiseLoss
{
    /// <summary>Where the parabola ends.</summary>
    /// <param name="delta">Finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public HuberError(float delta)
    {
        if (!(delta > 0 && delta < float.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "Delta must be finite and above 0.");
        Delta = delta;
    }

    /// <summary>Where the parabola ends.</summary>
    public float Delta { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPointwiseLoss.Loss<TLanes, TVec>(TVec x, TVec t)
    {
        // With m = min(d, delta), both sides are m * (d - m / 2). d comes first, so that a NaN is not lost.
        TVec d = TLanes.Abs(TLanes.Subtract(x, t)),
            m = TLanes.Min(d, TLanes.Splat(Delta));
        return TLanes.Multiply(m, TLanes.Subtract(d, TLanes.Multiply(TLanes.Splat(0.5f), m)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPointwiseLoss.Slope<TLanes, TVec>(TVec x, TVec t) =>
        TLanes.Min(TLanes.Max(TLanes.Subtract(x, t), TLanes.Splat(-Delta)), TLanes.Splat(Delta));
}

/// <summary>-t log s - (1 - t) log (1 - s) with s = 1 / (1 + e^-x): the cross-entropy of one yes or no, from its logit.</summary>
public readonly struct LogisticLoss : IPointwiseLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPointwiseLoss.Loss<TLanes, TVec>(TVec x, TVec t)
    {
        // max(x, 0) - x t + log(1 + e^-|x|): nothing overflows, and where t is 0 or 1 nothing cancels.
        TVec z = Exponential.ExpNonPositive<TLanes, TVec>(TLanes.Subtract(TLanes.Zero, TLanes.Abs(x)));
        TVec linear = TLanes.Subtract(TLanes.Max(x, TLanes.Zero), TLanes.Multiply(x, t));
        return TLanes.Add(linear, Softplus.LogOfOnePlus<TLanes, TVec>(z));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IPointwiseLoss.Slope<TLanes, TVec>(TVec x, TVec t) =>
        TLanes.Subtract(Apply<Sigmoid, TLanes, TVec>(default, x), t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Apply<TAct, TLanes, TVec>(TAct act, TVec x)
        where TAct : struct, IActivation
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => act.Forward<TLanes, TVec>(x);
}
