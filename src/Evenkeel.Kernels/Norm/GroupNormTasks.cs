using System.Runtime.CompilerServices;
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

/// <summary>Normalised values, times the scale, plus the shift.</summary>
internal readonly unsafe struct GroupNormalize(float* x, GroupColumns known, float* scale, float* shift, float* y)
    : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec normalized = known.Normalized<TLanes, TVec>(TLanes.Load(x + at), local);
        TLanes.Store(y + at, TLanes.MultiplyAdd(normalized, TLanes.Load(scale + column), TLanes.Load(shift + column)));
    }
}

/// <summary>Sums of gradients: of each channel, for scale and shift, and of each local column, for the input.</summary>
internal readonly unsafe struct GroupGradientSums(
    float* x,
    float* dy,
    GroupColumns known,
    float* scale,
    double* dscale,
    double* dshift,
    double* sums,
    double* products
) : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec gradient = TLanes.Load(dy + at),
            normalized = known.Normalized<TLanes, TVec>(TLanes.Load(x + at), local);
        TLanes.AddTo(dshift + column, gradient);
        TLanes.AddTo(dscale + column, TLanes.Multiply(gradient, normalized));
        TVec scaled = TLanes.Multiply(gradient, TLanes.Load(scale + column));
        TLanes.AddTo(sums + local, scaled);
        TLanes.AddTo(products + local, TLanes.Multiply(scaled, normalized));
    }
}

/// <summary>dx = (dy scale - mean of that - normalised x times the mean of their product) / deviation.</summary>
internal readonly unsafe struct GroupInputGradient(
    float* x,
    float* dy,
    GroupColumns known,
    float* scale,
    float* mean,
    float* slope,
    float* dx
) : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec normalized = known.Normalized<TLanes, TVec>(TLanes.Load(x + at), local);
        TVec scaled = TLanes.Multiply(TLanes.Load(dy + at), TLanes.Load(scale + column));
        TVec rest = TLanes.MultiplyAdd(normalized, TLanes.Load(slope + local), TLanes.Load(mean + local));
        TLanes.Store(dx + at, TLanes.Multiply(TLanes.Subtract(scaled, rest), known.Inverse<TLanes, TVec>(local)));
    }
}
