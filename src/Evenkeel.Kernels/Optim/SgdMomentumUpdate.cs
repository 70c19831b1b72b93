using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>Stochastic gradient descent with momentum, classical or Nesterov's, in PyTorch's form (no dampening).</summary>
public static class SgdMomentumUpdate
{
    /// <summary>v = momentum * v + g; p -= learningRate * v, or with Nesterov's, learningRate * (g + momentum * v).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="parameters">Parameters p, updated in place.</param>
    /// <param name="gradients">Gradients g, of the same length.</param>
    /// <param name="velocity">Velocity v, of the same length, zero before the first step, updated in place.</param>
    /// <param name="learningRate">Step size, finite, not negative.</param>
    /// <param name="momentum">The share mu of the velocity that is kept, at least 0 and below 1.</param>
    /// <param name="weightDecay">Decoupled weight decay, finite, not negative: p also loses learningRate * weightDecay * p.</param>
    /// <param name="nesterov">Whether the momentum is Nesterov's.</param>
    /// <exception cref="ArgumentException">A length differs from that of the parameters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static void Step(
        WorkerPool pool,
        Span<float> parameters,
        ReadOnlySpan<float> gradients,
        Span<float> velocity,
        float learningRate,
        float momentum,
        float weightDecay,
        bool nesterov = false
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        OptimizerCheck.Length(parameters, gradients, nameof(gradients));
        OptimizerCheck.Length(parameters, velocity, nameof(velocity));
        OptimizerCheck.NotNegative(learningRate, nameof(learningRate));
        OptimizerCheck.Fraction(momentum, nameof(momentum));
        OptimizerCheck.NotNegative(weightDecay, nameof(weightDecay));
        float decay = learningRate * weightDecay;
        if (nesterov)
        {
            var rule = new NesterovRule(momentum);
            ParameterUpdate<NesterovRule>.Run(pool, rule, parameters, gradients, velocity, [], learningRate, decay);
        }
        else
        {
            var rule = new Rule(momentum);
            ParameterUpdate<Rule>.Run(pool, rule, parameters, gradients, velocity, [], learningRate, decay);
        }
    }

    internal readonly struct Rule(float momentum) : IUpdateRule
    {
        public static int States => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec Direction<TLanes, TVec>(TVec gradient, ref TVec first, ref TVec second)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => first = TLanes.MultiplyAdd(TLanes.Splat(momentum), first, gradient);
    }

    internal readonly struct NesterovRule(float momentum) : IUpdateRule
    {
        public static int States => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec Direction<TLanes, TVec>(TVec gradient, ref TVec first, ref TVec second)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            first = TLanes.MultiplyAdd(TLanes.Splat(momentum), first, gradient);
            return TLanes.MultiplyAdd(TLanes.Splat(momentum), first, gradient);
        }
    }
}
