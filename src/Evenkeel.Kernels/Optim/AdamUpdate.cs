using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>The numbers of Adam that stay the same from step to step.</summary>
/// <param name="Beta1">Share of m that is kept, at least 0 and below 1.</param>
/// <param name="Beta2">Share of v that is kept, at least 0 and below 1.</param>
/// <param name="Epsilon">What keeps the denominator from 0, finite, positive.</param>
/// <param name="WeightDecay">Decoupled weight decay, finite, not negative.</param>
public readonly record struct AdamNumbers(float Beta1, float Beta2, float Epsilon, float WeightDecay)
{
    internal void Check()
    {
        OptimizerCheck.Fraction(Beta1, "beta1");
        OptimizerCheck.Fraction(Beta2, "beta2");
        OptimizerCheck.Positive(Epsilon, "epsilon");
        OptimizerCheck.NotNegative(WeightDecay, "weightDecay");
    }
}

/// <summary>
/// Adam (Kingma and Ba 2015, Algorithm 1) with bias correction and decoupled weight decay (Loshchilov and Hutter 2019,
/// Algorithm 2), as PyTorch's AdamW.
/// </summary>
public static class AdamUpdate
{
    /// <summary>
    /// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; p -= learningRate * (mHat / (sqrt(vHat) + epsilon) +
    /// weightDecay * p), where mHat = m / (1 - beta1^step) and vHat = v / (1 - beta2^step).
    /// </summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="parameters">Parameters p, updated in place.</param>
    /// <param name="gradients">Gradients g, of the same length.</param>
    /// <param name="firstMoment">Averages m of the gradients, of the same length, zero before step 1, updated in place.</param>
    /// <param name="secondMoment">Averages v of their squares, of the same length, zero before step 1, updated in place.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="learningRate">Step size, finite, not negative.</param>
    /// <param name="numbers">The others.</param>
    /// <exception cref="ArgumentException">A length differs from that of the parameters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static void Step(
        WorkerPool pool,
        Span<float> parameters,
        ReadOnlySpan<float> gradients,
        Span<float> firstMoment,
        Span<float> secondMoment,
        long step,
        float learningRate,
        in AdamNumbers numbers
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        OptimizerCheck.Length(parameters, gradients, nameof(gradients));
        OptimizerCheck.Length(parameters, firstMoment, nameof(firstMoment));
        OptimizerCheck.Length(parameters, secondMoment, nameof(secondMoment));
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        OptimizerCheck.NotNegative(learningRate, nameof(learningRate));
        numbers.Check();
        float rate = CorrectedRate(step, learningRate, numbers.Beta1);
        var rule = new Rule(step, numbers.Beta1, numbers.Beta2, numbers.Epsilon);
        float decay = learningRate * numbers.WeightDecay;
        ParameterUpdate<Rule>.Run(pool, rule, parameters, gradients, firstMoment, secondMoment, rate, decay);
    }

    // The corrections use the very betas that the averages use, rounded to float.
    internal static float CorrectedRate(long step, float learningRate, float beta1) =>
        (float)(learningRate / (1 - Math.Pow(beta1, step)));

    internal readonly struct Rule(long step, float beta1, float beta2, float epsilon) : IUpdateRule
    {
        private readonly float _rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step)));

        public static int States => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVec Direction<TLanes, TVec>(TVec gradient, ref TVec first, ref TVec second)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TVec m = TLanes.Multiply(TLanes.Splat(1f - beta1), gradient);
            first = TLanes.MultiplyAdd(TLanes.Splat(beta1), first, m);

            // (1 - beta2) g first: g^2 alone would overflow for gradients that v can still hold.
            TVec v = TLanes.Multiply(TLanes.Multiply(TLanes.Splat(1f - beta2), gradient), gradient);
            second = TLanes.MultiplyAdd(TLanes.Splat(beta2), second, v);
            TVec root = TLanes.MultiplyAdd(
                TLanes.SquareRoot(second),
                TLanes.Splat(_rootCorrection),
                TLanes.Splat(epsilon)
            );
            return TLanes.Divide(first, root);
        }
    }
}
