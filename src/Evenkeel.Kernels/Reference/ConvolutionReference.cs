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
        ForEachInput(
            shape,
            images,
            (input, weights, outputs) =>
            {
                for (int i = 0; i < shape.GroupOutputs; i++)
                    y[outputs + i] += x[input] * w[weights + i];
            }
        );
        return y;
    }

    /// <summary>dx = the gradient at the input.</summary>
    public static double[] GradientToInput(ConvolutionShape shape, int images, double[] dy, double[] w)
    {
        double[] dx = new double[images * shape.InputImage];
        ForEachInput(
            shape,
            images,
            (input, weights, outputs) =>
            {
                double sum = dx[input];
                for (int i = 0; i < shape.GroupOutputs; i++)
                    sum += dy[outputs + i] * w[weights + i];
                dx[input] = sum;
            }
        );
        return dx;
    }

    /// <summary>dw = the gradient of the weights.</summary>
    public static double[] GradientToWeights(ConvolutionShape shape, int images, double[] x, double[] dy)
    {
        double[] dw = new double[shape.Weights];
        ForEachInput(
            shape,
            images,
            (input, weights, outputs) =>
            {
                for (int i = 0; i < shape.GroupOutputs; i++)
                    dw[weights + i] += x[input] * dy[outputs + i];
            }
        );
        return dw;
    }

    // Every input that a tap of the kernel sees, with the first of its weights there and the first of the outputs that they lead to: one
    // weight and one output for each output channel of the input's group.
    private static void ForEachInput(ConvolutionShape s, int images, Action<int, int, int> products)
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
                    ForEachInput(s, place, tap, (((image * s.Height) + y) * s.Width) + x, products);
            }
        }
    }

    private static void ForEachInput(ConvolutionShape s, int place, int tap, int pixel, Action<int, int, int> products)
    {
        for (int channel = 0; channel < s.InputChannels; channel++)
        {
            (int group, int input) = Math.DivRem(channel, s.GroupInputs);
            products(
                (pixel * s.InputChannels) + channel,
                (((tap * s.GroupInputs) + input) * s.OutputChannels) + (group * s.GroupOutputs),
                (place * s.OutputChannels) + (group * s.GroupOutputs)
            );
        }
    }
}
