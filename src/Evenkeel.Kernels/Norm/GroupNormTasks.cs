using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>Sums of each local column.</summary>
internal readonly unsafe struct GroupSums(float* x, double* sums) : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.AddTo(sums + local, TLanes.Load(x + at));
}

/// <summary>Sums of the squared distances from a centre.</summary>
internal readonly unsafe struct GroupSquares(float* x, float* center, double* sums) : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.AddSquaresTo(sums + local, TLanes.Subtract(TLanes.Load(x + at), TLanes.Load(center + local)));
}

/// <summary>g(normalised values times the scale, plus the shift, plus the residual).</summary>
internal readonly unsafe struct GroupNormalize<TAct, TResidual>(
    TAct act,
    TResidual residual,
    GroupParameters parameters,
    GroupColumns known,
    float* x,
    float* y
) : IGroupTask
    where TAct : struct, IActivation
    where TResidual : struct, IResidual
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec normalized = known.Normalized<TLanes, TVec>(TLanes.Load(x + at), local),
            affine = parameters.Of<TLanes, TVec>(column).OfCentered(normalized);
        TLanes.Store(y + at, act.Forward<TLanes, TVec>(residual.Plus<TLanes, TVec>(affine, at)));
    }
}

/// <summary>Sums of gradients: of each channel, for scale and shift, and of each local column, for the input.</summary>
internal readonly unsafe struct GroupGradientSums<TAct, TSink>(
    TAct act,
    GroupParameters parameters,
    GroupColumns known,
    GroupMatrices matrices,
    double* dscale,
    double* dshift,
    double* sums,
    double* products
) : IGroupTask
    where TAct : struct, IActivation
    where TSink : struct, IGradientSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        Affine<TLanes, TVec> affine = parameters.Of<TLanes, TVec>(column);
        TVec normalized = known.Normalized<TLanes, TVec>(TLanes.Load(matrices.X + at), local),
            d = matrices.Gradient(act, affine, normalized, at);
        TSink.Write<TLanes, TVec>(matrices.D + at, affine.Scale, d);
        TLanes.AddTo(dshift + column, d);
        TLanes.AddTo(dscale + column, TLanes.Multiply(d, normalized));
        TVec scaled = TLanes.Multiply(d, affine.Scale);
        TLanes.AddTo(sums + local, scaled);
        TLanes.AddTo(products + local, TLanes.Multiply(scaled, normalized));
    }
}

/// <summary>dx = (d scale - mean of that - normalised x times the mean of their product) / deviation.</summary>
internal readonly unsafe struct GroupInputGradient<TAct>(
    TAct act,
    GroupParameters parameters,
    GroupColumns known,
    GroupMatrices matrices,
    float* mean,
    float* slope,
    float* dx
) : IGroupTask
    where TAct : struct, IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        Affine<TLanes, TVec> affine = parameters.Of<TLanes, TVec>(column);
        TVec normalized = known.Normalized<TLanes, TVec>(TLanes.Load(matrices.X + at), local),
            scaled = TLanes.Multiply(matrices.Gradient(act, affine, normalized, at), affine.Scale),
            rest = TLanes.MultiplyAdd(normalized, TLanes.Load(slope + local), TLanes.Load(mean + local));
        TLanes.Store(dx + at, TLanes.Multiply(TLanes.Subtract(scaled, rest), known.Inverse<TLanes, TVec>(local)));
    }
}
