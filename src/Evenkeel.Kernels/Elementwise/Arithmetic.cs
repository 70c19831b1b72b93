using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>Operations on two activations, element by element, and their gradients.</summary>
public static unsafe class Arithmetic
{
    /// <summary>y = a op b.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="operation">What is computed.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand, of equal length.</param>
    /// <param name="y">Receives the result; may be the memory of either operand.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap shifted against each other.</exception>
    public static void Forward<TOperation>(
        WorkerPool pool,
        TOperation operation,
        ReadOnlySpan<float> a,
        ReadOnlySpan<float> b,
        Span<float> y
    )
        where TOperation : struct, IArithmetic
    {
        ArgumentNullException.ThrowIfNull(pool);
        Check(a, b, nameof(b));
        Check(a, y, nameof(y));
        SpanCheck.SameOrApart(b, y, nameof(b), nameof(y));
        fixed (float* aValues = a)
        fixed (float* bValues = b)
        fixed (float* yValues = y)
        {
            var kernel = new ForwardKernel<TOperation>(operation, aValues, bValues, yValues);
            WidestLanes.Run(new ElementwisePass<ForwardKernel<TOperation>>(pool, a.Length, kernel));
        }
    }

    /// <summary>da = dy * d(a op b)/da and db = dy * d(a op b)/db.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="operation">What was computed.</param>
    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand, of equal length.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="da">Receives the gradient of <paramref name="a"/>.</param>
    /// <param name="db">Receives the gradient of <paramref name="b"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the spans overlap shifted against each other.</exception>
    public static void Backward<TOperation>(
        WorkerPool pool,
        TOperation operation,
        ReadOnlySpan<float> a,
        ReadOnlySpan<float> b,
        ReadOnlySpan<float> dy,
        Span<float> da,
        Span<float> db
    )
        where TOperation : struct, IArithmetic
    {
        ArgumentNullException.ThrowIfNull(pool);
        Check(a, b, nameof(b));
        Check(a, dy, nameof(dy));
        Check(a, da, nameof(da));
        Check(a, db, nameof(db));
        fixed (float* aValues = a)
        fixed (float* bValues = b)
        fixed (float* dyValues = dy)
        fixed (float* daValues = da)
        fixed (float* dbValues = db)
        {
            var kernel = new BackwardKernel<TOperation>(operation, aValues, bValues, dyValues, daValues, dbValues);
            WidestLanes.Run(new ElementwisePass<BackwardKernel<TOperation>>(pool, a.Length, kernel));
        }
    }

    private static void Check(ReadOnlySpan<float> a, ReadOnlySpan<float> other, string name)
    {
        SpanCheck.SameLength(a.Length, nameof(a), other.Length, name);
        if (a.Overlaps(other, out int offset) && offset != 0)
            throw new ArgumentException(
                $"{name} overlaps a shifted by {offset} elements; pass the same memory or separate memory.",
                name
            );
    }

    private readonly struct ForwardKernel<TOperation>(TOperation operation, float* a, float* b, float* y)
        : IElementwiseKernel
        where TOperation : struct, IArithmetic
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged =>
            TLanes.Store(y + index, operation.Forward<TLanes, TVec>(TLanes.Load(a + index), TLanes.Load(b + index)));
    }

    private readonly struct BackwardKernel<TOperation>(
        TOperation operation,
        float* a,
        float* b,
        float* dy,
        float* da,
        float* db
    ) : IElementwiseKernel
        where TOperation : struct, IArithmetic
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TVec x = TLanes.Load(a + index),
                z = TLanes.Load(b + index),
                gradient = TLanes.Load(dy + index);
            TLanes.Store(da + index, operation.GradientA<TLanes, TVec>(x, z, gradient));
            TLanes.Store(db + index, operation.GradientB<TLanes, TVec>(x, z, gradient));
        }
    }
}

/// <summary>An operation on two numbers, as pure arithmetic on registers.</summary>
public interface IArithmetic
{
    /// <summary>a op b.</summary>
    TVec Forward<TLanes, TVec>(TVec a, TVec b)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>dy * d(a op b)/da.</summary>
    TVec GradientA<TLanes, TVec>(TVec a, TVec b, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>dy * d(a op b)/db.</summary>
    TVec GradientB<TLanes, TVec>(TVec a, TVec b, TVec dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>destination = factor * source; both may be the same memory.</summary>
internal readonly unsafe struct ScaleKernel(float* source, float* destination, float factor) : IElementwiseKernel
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes, TVec>(nint index)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.Store(destination + index, TLanes.Multiply(TLanes.Load(source + index), TLanes.Splat(factor)));
}
