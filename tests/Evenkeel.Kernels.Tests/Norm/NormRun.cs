using System.Runtime.InteropServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Norm;

/// <summary>Runs forward and backward on guarded memory with one plan and keeps what came out.</summary>
internal sealed class NormRun
{
    public required float[] Y { get; init; }
    public required double[] Mean { get; init; }
    public required double[] Variance { get; init; }
    public required float[] Dx { get; init; }
    public required float[] Dgamma { get; init; }
    public required float[] Dbeta { get; init; }

    public static NormRun Of<TAct>(WorkerPool pool, in NormPlan plan, TAct act, BatchNormCase k, float epsilon)
        where TAct : struct, IActivation
    {
        int n = k.X.Length;
        using var x = new GuardedBuffer<float>(k.X);
        using var dy = new GuardedBuffer<float>(k.Dy);
        using var gamma = new GuardedBuffer<float>(k.Gamma);
        using var beta = new GuardedBuffer<float>(k.Beta);
        using var y = new GuardedBuffer<float>(n);
        using var dx = new GuardedBuffer<float>(n);
        var norm = new ComposedNorm(k.Channels);
        var parameters = new NormParameters(gamma.Span, beta.Span, epsilon);
        norm.Forward(pool, plan, act, x.Span, parameters, y.Span);
        var inputs = new NormBackwardInputs(x.Span, TAct.GradientUsesOutput ? y.Span : default, dy.Span);
        norm.Backward(pool, plan, act, inputs, epsilon, dx.Span);
        y.Verify();
        dx.Verify();
        Assert.True(x.Span.SequenceEqual(k.X));
        Assert.True(dy.Span.SequenceEqual(k.Dy));
        return new NormRun
        {
            Y = y.Span.ToArray(),
            Mean = norm.Moments.Mean.ToArray(),
            Variance = norm.Variance(),
            Dx = dx.Span.ToArray(),
            Dgamma = norm.Dgamma,
            Dbeta = norm.Dbeta,
        };
    }

    /// <summary>Every number of both runs has the same bits.</summary>
    public static void AssertSameBits(NormRun expected, NormRun actual)
    {
        AssertSameBits(expected.Mean, actual.Mean);
        AssertSameBits(expected.Variance, actual.Variance);
        AssertSameBits(expected.Y, actual.Y);
        AssertSameBits(expected.Dx, actual.Dx);
        AssertSameBits(expected.Dgamma, actual.Dgamma);
        AssertSameBits(expected.Dbeta, actual.Dbeta);
    }

    private static void AssertSameBits<T>(T[] expected, T[] actual)
        where T : unmanaged
    {
        bool same = MemoryMarshal.AsBytes(expected.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(actual.AsSpan()));
        Assert.True(same, $"Bits differ; the first values are {expected[0]} and {actual[0]}.");
    }
}
