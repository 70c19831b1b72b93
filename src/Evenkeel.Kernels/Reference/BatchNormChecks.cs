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
        yield return Check("BatchNorm.Forward+Relu", shape, pool => Forward(pool, new BatchNormCase(rows, channels)));
        yield return Check(
            "BatchNorm.Forward+Relu, mean 1e4 std 1e-2",
            shape,
            pool => Forward(pool, new BatchNormCase(rows, channels, 1e4, 1e-2))
        );
        yield return Check("BatchNorm.Backward+Relu", shape, pool => Backward(pool, new BatchNormCase(rows, channels)));
        yield return Check("FrozenBatchNorm.Backward", shape, pool => Frozen(pool, new BatchNormCase(rows, channels)));
        yield return Check("ChannelAffine.Forward", shape, pool => Affine(pool, new BatchNormCase(rows, channels)));
    }

    private static KernelCheck Check(string kernel, string shape, Func<WorkerPool, double> error) =>
        new(kernel, shape, pool => new KernelCheckResult(error(pool), Tolerance));

    private static double Forward(WorkerPool pool, BatchNormCase k)
    {
        float[] y = new float[k.X.Length];
        double[] mean = new double[k.Channels];
        double[] variance = new double[k.Channels];
        BatchNorm.Forward(pool, default(Relu), k.Shape, k.X, k.Parameters(Epsilon), y, mean, variance);
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
        float[] dgamma = new float[k.Channels];
        float[] dbeta = new float[k.Channels];
        double[] mean = new double[k.Channels];
        double[] variance = new double[k.Channels];
        Relu act = default;
        BatchNorm.Forward(pool, act, k.Shape, k.X, k.Parameters(Epsilon), y, mean, variance);
        BatchNorm.Backward(
            pool,
            act,
            k.Shape,
            new NormBackwardInputs(k.X, [], k.Dy),
            k.Parameters(Epsilon),
            new ChannelMoments(mean, variance),
            new NormGradientOutputs(dx, dgamma, dbeta)
        );
        double[] x = BatchNormCase.Doubles(k.X);
        double[] d = [.. k.Dy.Select((v, i) => y[i] > 0 ? (double)v : 0)];
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        return Error(BatchNormReference.Backward(x, d, gamma, Epsilon, mean, variance), dx, dgamma, dbeta);
    }

    private static double Frozen(WorkerPool pool, BatchNormCase k)
    {
        float[] dx = new float[k.X.Length];
        float[] dgamma = new float[k.Channels];
        float[] dbeta = new float[k.Channels];
        double[] mean = [.. k.Beta.Select(v => v + 0.3)];
        double[] variance = [.. k.Gamma.Select(v => v + 1.0)];
        FrozenBatchNorm.Backward(
            pool,
            default(Identity),
            k.Shape,
            new NormBackwardInputs(k.X, [], k.Dy),
            k.Parameters(Epsilon),
            new ChannelMoments(mean, variance),
            new NormGradientOutputs(dx, dgamma, dbeta)
        );
        double[] x = BatchNormCase.Doubles(k.X);
        double[] d = BatchNormCase.Doubles(k.Dy);
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        return Error(FrozenBatchNormReference.Backward(x, d, gamma, Epsilon, mean, variance), dx, dgamma, dbeta);
    }

    private static double Affine(WorkerPool pool, BatchNormCase k)
    {
        float[] y = new float[k.X.Length];
        ChannelAffine.Forward(pool, default(Identity), k.Shape, k.X, k.Gamma, k.Beta, y);
        double[] x = BatchNormCase.Doubles(k.X);
        double[] scale = BatchNormCase.Doubles(k.Gamma);
        return BatchNormCase.Error(y, ChannelAffineReference.Forward(x, scale, BatchNormCase.Doubles(k.Beta)));
    }

    private static double Error(NormGradients expected, float[] dx, float[] dgamma, float[] dbeta) =>
        Math.Max(
            BatchNormCase.Error(dx, expected.Dx),
            Math.Max(BatchNormCase.Error(dgamma, expected.Dgamma), BatchNormCase.Error(dbeta, expected.Dbeta))
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
            "BatchNormAdd+Relu",
            $"{s.Item1}x{s.Item2}",
            pool => new KernelCheckResult(Error(pool, new BatchNormCase(s.Item1, s.Item2)), Tolerance)
        ));

    private static double Error(WorkerPool pool, BatchNormCase k)
    {
        double[] x = BatchNormCase.Doubles(k.X);
        double[] gamma = BatchNormCase.Doubles(k.Gamma);
        (double[] mean, double[] variance) = BatchNormReference.Statistics(k.Rows, k.Channels, x);
        float[] residual = CheckValues.Uniform(k.X.Length, 3);
        float[] y = new float[k.X.Length];
        float[] dx = new float[k.X.Length];
        float[] dresidual = new float[k.X.Length];
        float[] dgamma = new float[k.Channels];
        float[] dbeta = new float[k.Channels];
        Relu act = default;
        NormParameters parameters = k.Parameters(Epsilon);
        var moments = new ChannelMoments(mean, variance);
        BatchNormAdd.Forward(pool, act, k.Shape, k.X, parameters, moments, residual, y);
        BatchNormAdd.Backward(
            pool,
            act,
            k.Shape,
            new NormBackwardInputs(k.X, y, k.Dy),
            parameters,
            moments,
            new NormGradientOutputs(dx, dgamma, dbeta),
            dresidual
        );
        double[] pre = BatchNormReference.Forward(x, gamma, BatchNormCase.Doubles(k.Beta), Epsilon, mean, variance);
        double[] d = [.. k.Dy.Select((v, i) => y[i] > 0 ? (double)v : 0)];
        NormGradients expected = BatchNormReference.Backward(x, d, gamma, Epsilon, mean, variance);
        return new[]
        {
            BatchNormCase.Error(y, [.. pre.Select((v, i) => Math.Max(v + residual[i], 0))]),
            BatchNormCase.Error(dresidual, d),
            BatchNormCase.Error(dx, expected.Dx),
            BatchNormCase.Error(dgamma, expected.Dgamma),
            BatchNormCase.Error(dbeta, expected.Dbeta),
        }.Max();
    }
}
