namespace Evenkeel.Kernels.Reference;

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
