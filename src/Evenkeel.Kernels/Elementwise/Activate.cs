using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>An activation on its own, over any number of elements.</summary>
public static unsafe class Activate
{
    /// <summary>y = g(x).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="act">The activation.</param>
    /// <param name="x">Inputs.</param>
    /// <param name="y">Outputs, of the same length; may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap shifted against each other.</exception>
    public static void Forward<TAct>(WorkerPool pool, TAct act, ReadOnlySpan<float> x, Span<float> y)
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        SpanCheck.SameLength(x.Length, nameof(x), y.Length, nameof(y));
        SpanCheck.SameOrApart(x, y, nameof(x), nameof(y));
        fixed (float* xs = x)
        fixed (float* ys = y)
            WidestLanes.Run(new ElementwisePass<ForwardKernel<TAct>>(pool, x.Length, new(act, xs, ys)));
    }

    /// <summary>dx = dy * g'(x).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="act">The activation.</param>
    /// <param name="inputOrOutput">
    /// The outputs of <see cref="Forward{TAct}"/> if <see cref="IActivation.GradientUsesOutput"/>, else its inputs.
    /// </param>
    /// <param name="dy">Gradients with respect to the outputs, of the same length.</param>
    /// <param name="dx">Receives the gradients with respect to the inputs; may be the memory of either operand.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap shifted against each other.</exception>
    public static void Backward<TAct>(
        WorkerPool pool,
        TAct act,
        ReadOnlySpan<float> inputOrOutput,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
        where TAct : struct, IActivation
    {
        ArgumentNullException.ThrowIfNull(pool);
        SpanCheck.SameLength(dy.Length, nameof(dy), inputOrOutput.Length, nameof(inputOrOutput));
        SpanCheck.SameLength(dy.Length, nameof(dy), dx.Length, nameof(dx));
        SpanCheck.SameOrApart(inputOrOutput, dx, nameof(inputOrOutput), nameof(dx));
        SpanCheck.SameOrApart(dy, dx, nameof(dy), nameof(dx));
        fixed (float* values = inputOrOutput)
        fixed (float* dys = dy)
        fixed (float* dxs = dx)
            WidestLanes.Run(new ElementwisePass<BackwardKernel<TAct>>(pool, dy.Length, new(act, values, dys, dxs)));
    }

    internal readonly struct ForwardKernel<TAct>(TAct act, float* x, float* y) : IElementwiseKernel
        where TAct : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => TLanes.Store(y + index, act.Forward<TLanes, TVec>(TLanes.Load(x + index)));
    }

    internal readonly struct BackwardKernel<TAct>(TAct act, float* inputOrOutput, float* dy, float* dx)
        : IElementwiseKernel
        where TAct : struct, IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            TLanes.Store(
                dx + index,
                act.Gradient<TLanes, TVec>(TLanes.Load(inputOrOutput + index), TLanes.Load(dy + index))
            );
    }
}
