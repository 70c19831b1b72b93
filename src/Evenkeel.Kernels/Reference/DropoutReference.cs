using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Reference;

/// <summary>Dropout in double precision, by the mask of the kernel.</summary>
public static class DropoutReference
{
    /// <summary>x * mask / (1 - rate).</summary>
    public static double[] Forward(float rate, ulong seed, ulong counter, double[] x)
    {
        double[] y = new double[x.Length];
        var mask = new DropoutMask(rate, seed, counter);
        for (int i = 0; i < y.Length; i++)
        {
            ulong keys = mask.Keys(i / DropoutMask.BlockElements);
            y[i] = mask.Keeps(keys, i % DropoutMask.BlockElements) ? x[i] / (1.0 - rate) : 0;
        }

        return y;
    }
}
