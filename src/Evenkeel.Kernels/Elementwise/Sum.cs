using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>The sum of two activations, as where a shortcut joins its branch.</summary>
public static unsafe class Sum
{
    /// <summary>y = a + b.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand, of equal length.</param>
    /// <param name="y">Receives the sum; may be the memory of either operand.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap shifted against each other.</exception>
    public static void Add(WorkerPool pool, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Add(pool, default(Identity), a, b, y);

    /// <summary>y = g(a + b); the rest as without an activation.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="activation">g.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand, of equal length.</param>
    /// <param name="y">Receives the result; may be the memory of either operand.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap shifted against each other.</exception>
    public static void Add<TAct>(
        WorkerPool pool,
        TAct activation,
        ReadOnlySpan<float> a,
        ReadOnlySpan<float> b,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        SpanCheck.SameLength(a.Length, nameof(a), b.Length, nameof(b));
        SpanCheck.SameLength(a.Length, nameof(a), y.Length, nameof(y));
        SpanCheck.SameOrApart(a, y, nameof(a), nameof(y));
        SpanCheck.SameOrApart(b, y, nameof(b), nameof(y));
        fixed (float* left = a)
        fixed (float* right = b)
        fixed (float* sums = y)
            WidestLanes.Run(new ElementwisePass<Kernel<TAct>>(pool, a.Length, new(activation, left, right, sums)));
    }

    internal readonly struct Kernel<TAct>(TAct activation, float* a, float* b, float* y) : IElementwiseKernel
        where TAct : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            TLanes.Store(
                y + index,
                activation.Forward<TLanes, TVec>(TLanes.Add(TLanes.Load(a + index), TLanes.Load(b + index)))
            );
    }
}
