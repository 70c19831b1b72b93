using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>What one optimiser is: the direction that it makes of a gradient and its own state.</summary>
internal interface IUpdateRule
{
    /// <summary>Values of state per parameter, 0 to 2.</summary>
    static abstract int States { get; }

    /// <summary>Moves the state on and gives the direction that the parameter goes against.</summary>
    TVec Direction<TLanes, TVec>(TVec gradient, ref TVec first, ref TVec second)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>
/// The loop of every optimiser: p - (rate * direction + decay * p). The decay keeps its own precision: as the factor 1 - decay, a decay of
/// 1e-7 would be a fifth too large for every parameter alike.
/// </summary>
internal readonly unsafe struct ParameterUpdate<TRule>(
    TRule rule,
    float* parameters,
    float* gradients,
    float* first,
    float* second,
    float rate,
    float decay
) : IElementwiseKernel
    where TRule : struct, IUpdateRule
{
    /// <summary>Updates all parameters; state that the rule does not have is empty.</summary>
    public static void Run(
        WorkerPool pool,
        TRule rule,
        Span<float> parameters,
        ReadOnlySpan<float> gradients,
        Span<float> first,
        Span<float> second,
        float rate,
        float decay
    )
    {
        fixed (float* p = parameters)
        fixed (float* g = gradients)
        fixed (float* f = first)
        fixed (float* s = second)
        {
            var kernel = new ParameterUpdate<TRule>(rule, p, g, f, s, rate, decay);
            WidestLanes.Run(new ElementwisePass<ParameterUpdate<TRule>>(pool, parameters.Length, kernel));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TLanes, TVec>(nint index)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec p = TLanes.Load(parameters + index);
        TVec g = TLanes.Load(gradients + index);
        TVec one = TRule.States > 0 ? TLanes.Load(first + index) : TLanes.Zero;
        TVec two = TRule.States > 1 ? TLanes.Load(second + index) : TLanes.Zero;
        TVec step = TLanes.Multiply(TLanes.Splat(rate), rule.Direction<TLanes, TVec>(g, ref one, ref two));
        if (TRule.States > 0)
            TLanes.Store(first + index, one);
        if (TRule.States > 1)
            TLanes.Store(second + index, two);
        TLanes.Store(parameters + index, TLanes.Subtract(p, TLanes.MultiplyAdd(TLanes.Splat(decay), p, step)));
    }
}
