namespace Evenkeel.Kernels.Reference;

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
