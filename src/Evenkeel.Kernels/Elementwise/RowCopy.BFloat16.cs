using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

public static unsafe partial class RowCopy
{
    /// <summary>
    /// Each value as bfloat16, the upper half of a float's bits, rounded to nearest with ties to even. Subnormal numbers are rounded like others; NaN
    /// stays NaN, infinity infinite; from 3.3961775e38 on values become infinite.
    /// </summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="source">Values.</param>
    /// <param name="destination">Receives the bits of as many values.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ToBFloat16(WorkerPool pool, ReadOnlySpan<float> source, Span<ushort> destination)
    {
        ArgumentNullException.ThrowIfNull(pool);
        SpanCheck.SameLength(source.Length, nameof(source), destination.Length, nameof(destination));
        fixed (float* from = source)
        fixed (ushort* to = destination)
            WidestLanes.Run(new ElementwisePass<Narrowing>(pool, source.Length, new(from, to)));
    }

    /// <summary>Each bfloat16 as the float that it is.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="source">The bits of values.</param>
    /// <param name="destination">Receives as many floats.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void FromBFloat16(WorkerPool pool, ReadOnlySpan<ushort> source, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(pool);
        SpanCheck.SameLength(source.Length, nameof(source), destination.Length, nameof(destination));
        fixed (ushort* from = source)
        fixed (float* to = destination)
            WidestLanes.Run(new ElementwisePass<Widening>(pool, source.Length, new(from, to)));
    }

    internal readonly struct Narrowing(float* from, ushort* to) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => BFloat16Lanes.Store(to + index, TLanes.Load(from + index));
    }

    internal readonly struct Widening(ushort* from, float* to) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => TLanes.Store(to + index, BFloat16Lanes.Load<TVec>(from + index));
    }
}
