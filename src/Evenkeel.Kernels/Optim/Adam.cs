using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>
/// Adam (Kingma and Ba 2015, Algorithm 1) with bias correction and decoupled weight decay (Loshchilov and Hutter 2019,
/// Algorithm 2), as PyTorch's AdamW.
/// </summary>
public static unsafe class Adam
{
    /// <summary>
    /// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; p -= learningRate * (mHat / (sqrt(vHat) + epsilon) +
    /// weightDecay * p), where mHat = m / (1 - beta1^step) and vHat = v / (1 - beta2^step).
    /// </summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="parameters">Parameters p, updated in place.</param>
    /// <param name="gradients">Gradients g, as many.</param>
    /// <param name="firstMoment">Averages m of the gradients, as many, zero before step 1, updated in place.</param>
    /// <param name="secondMoment">Averages v of their squares, as many, zero before step 1, updated in place.</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="learningRate">Step size, finite, not negative.</param>
    /// <param name="beta1">Share of m that is kept, at least 0 and below 1.</param>
    /// <param name="beta2">Share of v that is kept, at least 0 and below 1.</param>
    /// <param name="epsilon">What keeps the denominator from 0, finite, positive.</param>
    /// <param name="weightDecay">Decoupled weight decay, finite, not negative.</param>
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
        float beta1,
        float beta2,
        float epsilon,
        float weightDecay
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        OptimizerCheck.Length(parameters, gradients, nameof(gradients));
        OptimizerCheck.Length(parameters, firstMoment, nameof(firstMoment));
        OptimizerCheck.Length(parameters, secondMoment, nameof(secondMoment));
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        OptimizerCheck.NotNegative(learningRate, nameof(learningRate));
        OptimizerCheck.Fraction(beta1, nameof(beta1));
        OptimizerCheck.Fraction(beta2, nameof(beta2));
        OptimizerCheck.Positive(epsilon, nameof(epsilon));
        OptimizerCheck.NotNegative(weightDecay, nameof(weightDecay));
        var rates = new Rates(step, learningRate, beta1, beta2, epsilon, weightDecay);
        fixed (
            float* p = parameters,
                g = gradients,
                m = firstMoment,
                v = secondMoment
        )
        {
            var pass = new ElementwisePass<Kernel>(pool, parameters.Length, new(p, g, m, v, rates));
            WidestLanes.Run(ref pass);
        }
    }

    /// <summary>What one step multiplies with, computed once in double.</summary>
    internal readonly struct Rates(
        long step,
        float learningRate,
        float beta1,
        float beta2,
        float epsilon,
        float weightDecay
    )
    {
        public readonly float Beta1 = beta1;
        public readonly float Beta2 = beta2;
        public readonly float Epsilon = epsilon;

        // The corrections use the very betas that the averages use, rounded to float.
        public readonly float Rate = (float)(learningRate / (1 - Math.Pow(beta1, step)));
        public readonly float RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step)));
        public readonly float Decay = learningRate * weightDecay;
    }

    internal readonly struct Kernel(float* parameters, float* gradients, float* first, float* second, Rates rates)
        : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TVec p = TLanes.Load(parameters + index);
            TVec g = TLanes.Load(gradients + index);
            TVec m = TLanes.Multiply(TLanes.Splat(1f - rates.Beta1), g);
            m = TLanes.MultiplyAdd(TLanes.Splat(rates.Beta1), TLanes.Load(first + index), m);

            // (1 - beta2) g first: g^2 alone would overflow for gradients that v can still hold.
            TVec v = TLanes.Multiply(TLanes.Multiply(TLanes.Splat(1f - rates.Beta2), g), g);
            v = TLanes.MultiplyAdd(TLanes.Splat(rates.Beta2), TLanes.Load(second + index), v);
            TVec denominator = TLanes.MultiplyAdd(
                TLanes.SquareRoot(v),
                TLanes.Splat(rates.RootCorrection),
                TLanes.Splat(rates.Epsilon)
            );
            TVec direction = TLanes.Divide(m, denominator);
            TLanes.Store(first + index, m);
            TLanes.Store(second + index, v);
            TLanes.Store(parameters + index, ParameterStep.Apply<TLanes, TVec>(p, direction, rates.Rate, rates.Decay));
        }
    }
}
