using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Tests.Reference;

/// <summary>One reproducible problem for the normalisation kernels, in single precision and as doubles.</summary>
internal sealed class BatchNormCase
{
    /// <summary>Builds a problem whose channels have means and spreads of their own.</summary>
    /// <param name="rows">Values per channel.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="mean">Typical mean of a channel.</param>
    /// <param name="std">Typical standard deviation of a channel.</param>
    public BatchNormCase(int rows, int channels, double mean = 0.3, double std = 1.5)
    {
        Rows = rows;
        Channels = channels;
        var random = new Random((rows * 7919) + channels);
        X = new float[rows * channels];
        Dy = new float[rows * channels];
        Gamma = new float[channels];
        Beta = new float[channels];
        for (int i = 0; i < X.Length; i++)
        {
            double spread = 1 + (i % channels % 5 * 0.2);
            X[i] = (float)(mean + (std * spread * Normal(random)));
            Dy[i] = (float)Normal(random);
        }

        for (int c = 0; c < channels; c++)
        {
            Gamma[c] = (float)(0.5 + random.NextDouble());
            Beta[c] = (float)(random.NextDouble() - 0.5);
        }
    }

    /// <summary>Values per channel.</summary>
    public int Rows { get; }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>The matrices, all dense.</summary>
    public NormShape Shape => new(Rows, Channels);

    /// <summary>[rows, channels]: the input.</summary>
    public float[] X { get; }

    /// <summary>[rows, channels]: a gradient of the output.</summary>
    public float[] Dy { get; }

    /// <summary>[channels]: the scale, in 0.5 to 1.5.</summary>
    public float[] Gamma { get; }

    /// <summary>[channels]: the shift, in -0.5 to 0.5.</summary>
    public float[] Beta { get; }

    /// <summary>Scale, shift and an epsilon.</summary>
    public NormParameters Parameters(float epsilon) => new(Gamma, Beta, epsilon);

    /// <summary>The same numbers as doubles.</summary>
    public static double[] Doubles(ReadOnlySpan<float> values)
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = values[i];
        return result;
    }

    /// <summary>Largest difference relative to the largest expected magnitude (at least 1); NaN counts as infinite.</summary>
    public static double Error(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        double scale = 1;
        foreach (double e in expected)
            scale = Math.Max(scale, Math.Abs(e));
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]);
            worst = Math.Max(worst, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }

        return worst / scale;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
