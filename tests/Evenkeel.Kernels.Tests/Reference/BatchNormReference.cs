namespace Evenkeel.Kernels.Tests.Reference;

/// <summary>Gradients of a normalisation in double precision.</summary>
/// <param name="Dx">[rows, channels].</param>
/// <param name="Dgamma">[channels].</param>
/// <param name="Dbeta">[channels].</param>
internal sealed record NormGradients(double[] Dx, double[] Dgamma, double[] Dbeta);

/// <summary>Batch normalisation in plain double-precision loops, as the paper prints it.</summary>
internal static class BatchNormReference
{
    /// <summary>Mean and biased variance per channel in two passes, relative to the first row.</summary>
    public static (double[] Mean, double[] Variance) Statistics(int rows, int channels, double[] x)
    {
        double[] mean = new double[channels];
        double[] variance = new double[channels];
        for (int c = 0; c < channels; c++)
        {
            double sum = 0;
            for (int i = 0; i < rows; i++)
                sum += x[(i * channels) + c] - x[c];
            mean[c] = x[c] + (sum / rows);
            double squares = 0;
            for (int i = 0; i < rows; i++)
                squares += Math.Pow(x[(i * channels) + c] - mean[c], 2);
            variance[c] = squares / rows;
        }

        return (mean, variance);
    }

    /// <summary>gamma * (x - mean) / sqrt(variance + epsilon) + beta (Ioffe &amp; Szegedy 2015, Algorithm 1).</summary>
    public static double[] Forward(
        double[] x,
        double[] gamma,
        double[] beta,
        double epsilon,
        double[] mean,
        double[] variance
    )
    {
        int channels = mean.Length;
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int c = i % channels;
            y[i] = (gamma[c] * (x[i] - mean[c]) * InverseStd(variance[c], epsilon)) + beta[c];
        }

        return y;
    }

    /// <summary>The six equations of Ioffe &amp; Szegedy 2015, section 3, one after the other.</summary>
    public static NormGradients Backward(
        double[] x,
        double[] dy,
        double[] gamma,
        double epsilon,
        double[] mean,
        double[] variance
    )
    {
        int channels = mean.Length;
        int m = x.Length / channels;
        var result = new NormGradients(new double[x.Length], new double[channels], new double[channels]);
        for (int c = 0; c < channels; c++)
        {
            double inverse = InverseStd(variance[c], epsilon);
            double dvar = 0;
            double dmu = 0;
            double centredSum = 0;
            for (int i = c; i < x.Length; i += channels)
            {
                double dxhat = dy[i] * gamma[c];
                dvar += dxhat * (x[i] - mean[c]) * -0.5 * Math.Pow(inverse, 3);
                dmu += dxhat * -inverse;
                centredSum += -2 * (x[i] - mean[c]);
            }

            dmu += dvar * centredSum / m;
            for (int i = c; i < x.Length; i += channels)
            {
                double centred = x[i] - mean[c];
                result.Dx[i] = (dy[i] * gamma[c] * inverse) + (dvar * 2 * centred / m) + (dmu / m);
                result.Dgamma[c] += dy[i] * centred * inverse;
                result.Dbeta[c] += dy[i];
            }
        }

        return result;
    }

    /// <summary>The same gradients in the compact form that the kernels use.</summary>
    public static NormGradients BackwardCompact(
        double[] x,
        double[] dy,
        double[] gamma,
        double epsilon,
        double[] mean,
        double[] variance
    )
    {
        int channels = mean.Length;
        int m = x.Length / channels;
        NormGradients sums = FrozenBatchNormReference.Backward(x, dy, gamma, epsilon, mean, variance);
        double[] dx = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int c = i % channels;
            double inverse = InverseStd(variance[c], epsilon);
            double xhat = (x[i] - mean[c]) * inverse;
            dx[i] = gamma[c] * inverse / m * ((m * dy[i]) - sums.Dbeta[c] - (xhat * sums.Dgamma[c]));
        }

        return sums with
        {
            Dx = dx,
        };
    }

    /// <summary>1/sqrt(variance + epsilon), and 0 where both are 0: a constant channel has nothing to scale.</summary>
    public static double InverseStd(double variance, double epsilon) =>
        variance + epsilon == 0 ? 0 : 1 / Math.Sqrt(variance + epsilon);
}

/// <summary>Gradients of batch normalisation whose statistics are constants.</summary>
internal static class FrozenBatchNormReference
{
    /// <summary>dx = dy * gamma / sqrt(variance + epsilon): no cross terms.</summary>
    public static NormGradients Backward(
        double[] x,
        double[] dy,
        double[] gamma,
        double epsilon,
        double[] mean,
        double[] variance
    )
    {
        int channels = mean.Length;
        var result = new NormGradients(new double[x.Length], new double[channels], new double[channels]);
        for (int i = 0; i < x.Length; i++)
        {
            int c = i % channels;
            double inverse = BatchNormReference.InverseStd(variance[c], epsilon);
            result.Dx[i] = dy[i] * gamma[c] * inverse;
            result.Dgamma[c] += dy[i] * (x[i] - mean[c]) * inverse;
            result.Dbeta[c] += dy[i];
        }

        return result;
    }
}

/// <summary>scale * x + shift per channel in double precision.</summary>
internal static class ChannelAffineReference
{
    /// <summary>scale * x + shift.</summary>
    public static double[] Forward(double[] x, double[] scale, double[] shift)
    {
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
            y[i] = (scale[i % scale.Length] * x[i]) + shift[i % scale.Length];
        return y;
    }

    /// <summary>dx = dy * scale; <see cref="NormGradients.Dgamma"/> is dscale, <see cref="NormGradients.Dbeta"/> dshift.</summary>
    public static NormGradients Backward(double[] x, double[] dy, double[] scale)
    {
        var result = new NormGradients(new double[x.Length], new double[scale.Length], new double[scale.Length]);
        for (int i = 0; i < x.Length; i++)
        {
            int c = i % scale.Length;
            result.Dx[i] = dy[i] * scale[c];
            result.Dgamma[c] += dy[i] * x[i];
            result.Dbeta[c] += dy[i];
        }

        return result;
    }
}
