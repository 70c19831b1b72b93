using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

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
