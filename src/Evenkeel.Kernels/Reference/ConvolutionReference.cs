using Evenkeel.Kernels.Convolution;

namespace Evenkeel.Kernels.Reference;

/// <summary>
/// Convolutions as plain loops in double precision, for any number of groups. Rounding errors are in proportion to the sum of |a| |b| over the
/// terms of an element, which is the result for the magnitudes of both operands.
/// </summary>
public static class ConvolutionReference
{
    /// <summary>y = conv(x, w).</summary>
    public static double[] Forward(ConvolutionShape shape, int images, double[] x, double[] w)
    {
        double[] y = new double[images * shape.Positions * shape.OutputChannels];
        ForEachTerm(shape, images, (input, weight, output) => y[output] += x[input] * w[weight]);
        return y;
    }

    /// <summary>dx = the gradient at the input.</summary>
    public static double[] GradientToInput(ConvolutionShape shape, int images, double[] dy, double[] w)
    {
        double[] dx = new double[images * shape.InputImage];
        ForEachTerm(shape, images, (input, weight, output) => dx[input] += dy[output] * w[weight]);
        return dx;
    }

    /// <summary>dw = the gradient of the weights.</summary>
    public static double[] GradientToWeights(ConvolutionShape shape, int images, double[] x, double[] dy)
    {
        double[] dw = new double[shape.Weights];
        ForEachTerm(shape, images, (input, weight, output) => dw[weight] += x[input] * dy[output]);
        return dw;
    }

    // Every product of an input and a weight that an output is made of, as their places.
    private static void ForEachTerm(ConvolutionShape s, int images, Action<int, int, int> term)
    {
        for (int place = 0; place < images * s.Positions; place++)
        {
            int outputX = place % s.OutputWidth;
            int outputY = place / s.OutputWidth % s.OutputHeight;
            int image = place / s.OutputWidth / s.OutputHeight;
            for (int tap = 0; tap < s.KernelHeight * s.KernelWidth; tap++)
            {
                int y = (outputY * s.StrideY) + (tap / s.KernelWidth) - s.PadTop;
                int x = (outputX * s.StrideX) + (tap % s.KernelWidth) - s.PadLeft;
                if (y >= 0 && y < s.Height && x >= 0 && x < s.Width)
                    ForEachTerm(s, place, tap, (((image * s.Height) + y) * s.Width) + x, term);
            }
        }
    }

    private static void ForEachTerm(ConvolutionShape s, int place, int tap, int pixel, Action<int, int, int> term)
    {
        for (int output = 0; output < s.OutputChannels; output++)
        {
            int first = output / s.GroupOutputs * s.GroupInputs;
            for (int input = 0; input < s.GroupInputs; input++)
                term(
                    (pixel * s.InputChannels) + first + input,
                    (((tap * s.GroupInputs) + input) * s.OutputChannels) + output,
                    (place * s.OutputChannels) + output
                );
        }
    }
}
