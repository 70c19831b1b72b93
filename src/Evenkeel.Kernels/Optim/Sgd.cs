using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>Plain stochastic gradient descent.</summary>
public static unsafe class Sgd
{
    /// <summary>p -= learningRate * (g + weightDecay * p).</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="parameters">Parameters p, updated in place.</param>
    /// <param name="gradients">Gradients g, as many.</param>
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
        fixed (
            float* p = parameters,
                g = gradients
        )
        {
            var kernel = new Kernel(p, g, learningRate, learningRate * weightDecay);
            var pass = new ElementwisePass<Kernel>(pool, parameters.Length, kernel);
            WidestLanes.Run(ref pass);
        }
    }

    internal readonly struct Kernel(float* parameters, float* gradients, float rate, float decay) : IElementwiseKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply<TLanes, TVec>(nint index)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            TVec p = TLanes.Load(parameters + index);
            TVec g = TLanes.Load(gradients + index);
            TLanes.Store(parameters + index, ParameterStep.Apply<TLanes, TVec>(p, g, rate, decay));
        }
    }
}
