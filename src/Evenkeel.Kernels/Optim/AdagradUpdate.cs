using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>Adagrad (Duchi, Hazan and Singer 2011, diagonal form), with epsilon outside the root as in PyTorch.</summary>
public static class AdagradUpdate
{
    /// <summary>s += g^2; p -= learningRate * g / (sqrt(s) + epsilon).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="parameters">Parameters p, updated in place.</param>
    /// <param name="gradients">Gradients g, of the same length.</param>
    /// <param name="sumOfSquares">Sums of squared gradients s, of the same length, zero before the first step, updated in place.</param>
    /// <param name="learningRate">Step size, finite, not negative.</param>
    /// <param name="epsilon">What keeps the denominator from 0, finite, positive (PyTorch: 1e-10).</param>
    /// <param name="weightDecay">Decoupled weight decay, finite, not negative: p also loses learningRate * weightDecay * p.</param>
    /// <exception cref="ArgumentException">A length differs from that of the parameters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static void Step(
        WorkerPool pool,
        Span<float> parameters,
        ReadOnlySpan<float> gradients,
        Span<float> sumOfSquares,
        float learningRate,
        float epsilon,
        float weightDecay
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        OptimizerCheck.Length(parameters, gradients, nameof(gradients));
        OptimizerCheck.Length(parameters, sumOfSquares, nameof(sumOfSquares));
        OptimizerCheck.NotNegative(learningRate, nameof(learningRate));
        OptimizerCheck.Positive(epsilon, nameof(epsilon));
        OptimizerCheck.NotNegative(weightDecay, nameof(weightDecay));
        var rule = new Rule(epsilon);
        float decay = learningRate * weightDecay;
        ParameterUpdate<Rule>.Run(pool, rule, parameters, gradients, sumOfSquares, [], learningRate, decay);
    }

    internal readonly struct Rule(float epsilon) : IUpdateRule
    {
        public static int States => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec Direction<TLanes, TVec>(TVec gradient, ref TVec first, ref TVec second)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            first = TLanes.MultiplyAdd(gradient, gradient, first);
            return TLanes.Divide(gradient, TLanes.Add(TLanes.SquareRoot(first), TLanes.Splat(epsilon)));
        }
    }
}
