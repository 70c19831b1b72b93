using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>Adagrad (Duchi, Hazan and Singer 2011, diagonal form), with epsilon outside the root as in PyTorch.</summary>
public static unsafe class Adagrad
{
    /// <summary>s += g^2; p -= learningRate * g / (sqrt(s) + epsilon).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="parameters">Parameters p, updated in place.</param>
    /// <param name="gradients">Gradients g, as many.</param>
    /// <param name="sumOfSquares">Sums of squared gradients s, as many, zero before the first step, updated in place.</param>
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
        fixed (
            float* p = parameters,
                g = gradients,
                s = sumOfSquares
        )
        {
            var kernel = new Kernel(p, g, s, learningRate, epsilon, learningRate * weightDecay);
            var pass = new ElementwisePass<Kernel>(pool, parameters.Length, kernel);
            WidestLanes.Run(ref pass);
        }
    }

    internal readonly struct Kernel(
        float* parameters,
        float* gradients,
        float* sumOfSquares,
        float rate,
        float epsilon,
        float decay
    ) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TVec p = TLanes.Load(parameters + index);
            TVec g = TLanes.Load(gradients + index);
            TVec s = TLanes.Load(sumOfSquares + index);
            s = TLanes.MultiplyAdd(g, g, s);
            TVec denominator = TLanes.Add(TLanes.SquareRoot(s), TLanes.Splat(epsilon));
            TVec direction = TLanes.Divide(g, denominator);
            TLanes.Store(sumOfSquares + index, s);
            TLanes.Store(parameters + index, ParameterStep.Apply<TLanes, TVec>(p, direction, rate, decay));
        }
    }
}
