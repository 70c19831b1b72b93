using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>Plain stochastic gradient descent.</summary>
public static class SgdUpdate
{
    /// <summary>p -= learningRate * (g + weightDecay * p).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="parameters">Parameters p, updated in place.</param>
    /// <param name="gradients">Gradients g, of the same length.</param>
    /// <param name="learningRate">Step size, finite, not negative.</param>
    /// <param name="weightDecay">Decoupled weight decay, finite, not negative.</param>
    /// <exception cref="ArgumentException">A length differs from that of the parameters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static void Step(
        WorkerPool pool,
        Span<float> parameters,
        ReadOnlySpan<float> gradients,
        float learningRate,
        float weightDecay
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        OptimizerCheck.Length(parameters, gradients, nameof(gradients));
        OptimizerCheck.NotNegative(learningRate, nameof(learningRate));
        OptimizerCheck.NotNegative(weightDecay, nameof(weightDecay));
        ParameterUpdate<Rule>.Run(
            pool,
            default,
            parameters,
            gradients,
            [],
            [],
            learningRate,
            learningRate * weightDecay
        );
    }

    internal readonly struct Rule : IUpdateRule
    {
        public static int States => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec Direction<TLanes, TVec>(TVec gradient, ref TVec first, ref TVec second)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => gradient;
    }
}
