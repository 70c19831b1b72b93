using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>The normalisation kernels against their references on this machine.</summary>
internal static class BatchNormChecks
{
    private const float Epsilon = 1e-5f;

    // About 30 roundings of single precision (6e-8): coefficients, one product, sums over blocks of 64 rows.
    private const double Tolerance = 2e-6;

    private static readonly (int Rows, int Channels)[] Shapes =
    [
        (60, 100),
        (4099, 1),
        (1000, 33),
        (25088, 64),
        (513, 1001),
    ];

    /// <summary>Every kernel on every shape.</summary>
    public static IEnumerable<KernelCheck> All => Shapes.SelectMany(s => ChecksOf(s.Rows, s.Channels));

    private static IEnumerable<KernelCheck> ChecksOf(int rows, int channels)
    {
        string shape = $"{rows}x{channels}";
        yield return Check("Moments, Normalize+Relu", shape, pool => Forward(pool, new BatchNormCase(rows, channels)));
        yield return Check(
            "Moments, Normalize+Relu, mean 1e4 std 1e-2",
            shape,
            pool => Forward(pool, new BatchNormCase(rows, channels, 1e4, 1e-2))
        );
        yield return Check(
            "GradientSums+Relu, InputGradient",
            shape,
            pool => Backward(pool, new BatchNormCase(rows, channels))
        );
        yield return Check(
            "GradientSums, constant statistics",
            shape,
            pool => Frozen(pool, new BatchNormCase(rows, channels))
        );
        yield return Check(
            "Normalize, scale and shift",
            shape,
            pool => Affine(pool, new BatchNormCase(rows, channels))
        );
    }

    private static KernelCheck Check(string kernel, string shape, Func<WorkerPool, double> error) =>
        new(kernel, shape, pool => new KernelCheckResult(error(pool), Tolerance));

    private static double Forward(WorkerPool pool, BatchNormCase k)
    {
        float[] y = new float[k.X.Length];
        NormPlan plan = NormPlan.For(k.Shape, inputs: 1);
        new ComposedNorm(k.Channels).Forward(pool, plan, default(Relu), k.X, k.Parameters(Epsilon), y);
        double[] expected = Expected(k);
        return BatchNormCase.Error(y, [.. expected.Select(v => Math.Max(v, 0))]);
    }

    private static double[] Expected(BatchNormCase k)
    {
        double[] x = BatchNormCase.Doubles(k.X);
        (double[] mean, double[] variance) = BatchNormReference.Statistics(k.Rows, k.Channels, x);
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        return BatchNormReference.Forward(x, gamma, BatchNormCase.Doubles(k.Beta), Epsilon, mean, variance);
    }

    private static double Backward(WorkerPool pool, BatchNormCase k)
    {
        float[] y = new float[k.X.Length];
        float[] dx = new float[k.X.Length];
        var norm = new ComposedNorm(k.Channels);
        Relu act = default;
        NormPlan plan = NormPlan.ForBackward<Relu>(k.Shape);
        norm.Forward(pool, plan, act, k.X, k.Parameters(Epsilon), y);
        norm.Backward(pool, plan, act, new NormBackwardInputs(k.X, [], k.Dy), Epsilon, dx);
        double[] x = BatchNormCase.Doubles(k.X);
        double[] d = [.. k.Dy.Select((v, i) => y[i] > 0 ? (double)v : 0)];
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        double[] mean = norm.Moments.Mean.ToArray();
        return Error(BatchNormReference.Backward(x, d, gamma, Epsilon, mean, norm.Variance()), dx, norm);
    }

    private static double Frozen(WorkerPool pool, BatchNormCase k)
    {
        float[] y = new float[k.X.Length];
        float[] dx = new float[k.X.Length];
        var norm = new ComposedNorm(k.Channels);
        norm.Moments.Set([.. k.Beta.Select(v => v + 0.3f)], [.. k.Gamma.Select(v => v + 1)]);
        NormPlan plan = NormPlan.ForBackward<Identity>(k.Shape);
        norm.ForwardGiven(pool, plan, default(Identity), k.X, k.Parameters(Epsilon), y);
        norm.BackwardFrozen(pool, plan, default(Identity), new NormBackwardInputs(k.X, [], k.Dy), Epsilon, dx);
        double[] x = BatchNormCase.Doubles(k.X);
        double[] d = BatchNormCase.Doubles(k.Dy);
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        double[] mean = norm.Moments.Mean.ToArray();
        return Error(FrozenBatchNormReference.Backward(x, d, gamma, Epsilon, mean, norm.Variance()), dx, norm);
    }

    private static double Affine(WorkerPool pool, BatchNormCase k)
    {
        float[] y = new float[k.X.Length];
        var coefficients = new NormCoefficients(k.Gamma, k.Beta);
        Normalize.Run(pool, default(Identity), k.Shape, k.X, coefficients, y);
        double[] x = BatchNormCase.Doubles(k.X);
        double[] scale = BatchNormCase.Doubles(k.Gamma);
        return BatchNormCase.Error(y, ChannelAffineReference.Forward(x, scale, BatchNormCase.Doubles(k.Beta)));
    }

    private static double Error(NormGradients expected, float[] dx, ComposedNorm norm) =>
        Math.Max(
            BatchNormCase.Error(dx, expected.Dx),
            Math.Max(BatchNormCase.Error(norm.Dgamma, expected.Dgamma), BatchNormCase.Error(norm.Dbeta, expected.Dbeta))
        );
}

/// <summary>Normalisation with a shortcut on this machine.</summary>
internal static class BatchNormAddChecks
{
    private const float Epsilon = 1e-5f;

    // About 30 roundings of single precision, as for the normalisation alone.
    private const double Tolerance = 2e-6;

    /// <summary>All of them.</summary>
    public static IEnumerable<KernelCheck> All =>
        new[] { (60, 100), (1000, 33), (12_544, 64) }.Select(s => new KernelCheck(
            "Normalize, GradientSums+residual+Relu",
            $"{s.Item1}x{s.Item2}",
            pool => new KernelCheckResult(Error(pool, new BatchNormCase(s.Item1, s.Item2)), Tolerance)
        ));

    private static double Error(WorkerPool pool, BatchNormCase k)
    {
        double[] x = BatchNormCase.Doubles(k.X);
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        float[] residual = CheckValues.Uniform(k.X.Length, 3);
        float[] y = new float[k.X.Length];
        float[] dx = new float[k.X.Length];
        float[] dresidual = new float[k.X.Length];
        Relu act = default;
        var norm = new ComposedNorm(k.Channels);
        NormPlan plan = NormPlan.For(k.Shape, inputs: 3);
        Moments.Run(pool, plan, k.X, norm.Moments);
        norm.ForwardGiven(pool, plan, act, k.X, k.Parameters(Epsilon), residual, y);
        norm.Backward(pool, plan, act, new NormBackwardInputs(k.X, y, k.Dy), Epsilon, dx, dresidual);
        (double[] mean, double[] variance) = BatchNormReference.Statistics(k.Rows, k.Channels, x);
        double[] pre = BatchNormReference.Forward(x, gamma, BatchNormCase.Doubles(k.Beta), Epsilon, mean, variance);
        double[] d = [.. k.Dy.Select((v, i) => y[i] > 0 ? (double)v : 0)];
        NormGradients expected = BatchNormReference.Backward(x, d, gamma, Epsilon, mean, variance);
        return new[]
        {
            BatchNormCase.Error(y, [.. pre.Select((v, i) => Math.Max(v + residual[i], 0))]),
            BatchNormCase.Error(dresidual, d),
            BatchNormCase.Error(dx, expected.Dx),
            BatchNormCase.Error(norm.Dgamma, expected.Dgamma),
            BatchNormCase.Error(norm.Dbeta, expected.Dbeta),
        }.Max();
    }
}
