using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Reference;

/// <summary>Batch normalisation out of its pieces, which hand on what they make in arrays of this object.</summary>
internal sealed class ComposedNorm(int channels)
{
    private readonly double[] _moments = new double[ChannelMoments.Length(channels)];
    private readonly float[] _coefficients = new float[NormCoefficients.Length(channels)];
    private readonly float[] _gradient = new float[GradientCoefficients.Length(channels)];
    private readonly double[] _sums = new double[2 * channels];

    public ChannelMoments Moments => new(_moments);

    public float[] Dgamma { get; } = new float[channels];

    public float[] Dbeta { get; } = new float[channels];

    private NormCoefficients Coefficients => new(_coefficients);

    private GradientCoefficients Gradient => new(_gradient);

    /// <summary>The biased variances.</summary>
    public double[] Variance() => [.. Moments.M2.ToArray().Select(m2 => m2 / Moments.Count)];

    /// <summary>With the statistics of the batch.</summary>
    public void Forward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        in NormParameters parameters,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        Kernels.Norm.Moments.Run(pool, plan, x, Moments);
        ForwardGiven(pool, plan, act, x, parameters, y);
    }

    /// <summary>With the moments that are there.</summary>
    public void ForwardGiven<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        in NormParameters parameters,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        Coefficients.Set(parameters, Moments);
        Normalize.Run(pool, plan, act, x, Coefficients, y);
    }

    /// <summary>With the moments that are there, and a residual in front of the activation.</summary>
    public void ForwardGiven<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        ReadOnlySpan<float> x,
        in NormParameters parameters,
        ReadOnlySpan<float> residual,
        Span<float> y
    )
        where TAct : struct, IActivation
    {
        Coefficients.Set(parameters, Moments);
        Normalize.Run(pool, plan, act, x, Coefficients, residual, y);
    }

    /// <summary>Through the statistics.</summary>
    public void Backward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in NormBackwardInputs inputs,
        float epsilon,
        Span<float> dx
    )
        where TAct : struct, IActivation
    {
        GradientSums.Run<TAct, SumsOnly>(pool, plan, act, inputs, Coefficients, _sums, default);
        Gradient.Set(_sums, Moments, epsilon, Dgamma, Dbeta);
        InputGradient.Run(pool, plan, act, inputs, Coefficients, Gradient, dx);
    }

    /// <summary>Through the statistics, and to the residual.</summary>
    public void Backward<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in NormBackwardInputs inputs,
        float epsilon,
        Span<float> dx,
        Span<float> dresidual
    )
        where TAct : struct, IActivation
    {
        FromOutput<TAct> slope = FromOutput<TAct>.Require(act);
        GradientSums.Run<FromOutput<TAct>, KeptGradient>(pool, plan, slope, inputs, Coefficients, _sums, dresidual);
        Gradient.Set(_sums, Moments, epsilon, Dgamma, Dbeta);
        var rest = new NormBackwardInputs(inputs.X, default, dresidual);
        InputGradient.Run(pool, plan, default(Identity), rest, Coefficients, Gradient, dx);
    }

    /// <summary>The statistics are constants.</summary>
    public void BackwardFrozen<TAct>(
        WorkerPool pool,
        in NormPlan plan,
        TAct act,
        in NormBackwardInputs inputs,
        float epsilon,
        Span<float> dx
    )
        where TAct : struct, IActivation
    {
        GradientSums.Run<TAct, ScaledGradient>(pool, plan, act, inputs, Coefficients, _sums, dx);
        GradientCoefficients.OfConstants(_sums, Moments, epsilon, Dgamma, Dbeta);
    }
}
