using Evenkeel.Kernels.Convolution;

namespace Evenkeel.Kernels.Reference;

/// <summary>Depthwise convolution and its gradients in plain loops and double precision.</summary>
internal static class DepthwiseConvolutionReference
{
    /// <summary>y[b, oy, ox, oc] = sum over taps of x * w.</summary>
    public static double[] Forward(in ConvolutionShape s, int batch, float[] x, float[] w)
    {
        double[] y = new double[batch * s.OutputHeight * s.OutputWidth * s.OutputChannels];
        foreach ((int input, int weight, int output) in Taps(s, batch))
            y[output] += (double)x[input] * w[weight];
        return y;
    }

    /// <summary>dx.</summary>
    public static double[] GradientToInput(in ConvolutionShape s, int batch, float[] dy, float[] w)
    {
        double[] dx = new double[batch * s.Height * s.Width * s.InputChannels];
        foreach ((int input, int weight, int output) in Taps(s, batch))
            dx[input] += (double)dy[output] * w[weight];
        return dx;
    }

    /// <summary>dw.</summary>
    public static double[] GradientToWeights(in ConvolutionShape s, int batch, float[] x, float[] dy)
    {
        double[] dw = new double[s.KernelHeight * s.KernelWidth * s.OutputChannels];
        foreach ((int input, int weight, int output) in Taps(s, batch))
            dw[weight] += (double)x[input] * dy[output];
        return dw;
    }

    private static List<(int Input, int Weight, int Output)> Taps(in ConvolutionShape s, int batch)
    {
        var taps = new List<(int, int, int)>();
        int multiplier = s.OutputChannels / s.InputChannels;
        for (int output = 0; output < batch * s.OutputHeight * s.OutputWidth; output++)
        {
            int oy = output / s.OutputWidth % s.OutputHeight;
            int ox = output % s.OutputWidth;
            int image = output / (s.OutputHeight * s.OutputWidth);
            for (int tap = 0; tap < s.KernelHeight * s.KernelWidth; tap++)
            {
                int iy = (oy * s.StrideY) - s.PadTop + (tap / s.KernelWidth);
                int ix = (ox * s.StrideX) - s.PadLeft + (tap % s.KernelWidth);
                if (iy < 0 || iy >= s.Height || ix < 0 || ix >= s.Width)
                    continue;
                int input = ((((image * s.Height) + iy) * s.Width) + ix) * s.InputChannels;
                for (int c = 0; c < s.OutputChannels; c++)
                    taps.Add((input + (c / multiplier), (tap * s.OutputChannels) + c, (output * s.OutputChannels) + c));
            }
        }

        return taps;
    }
}
