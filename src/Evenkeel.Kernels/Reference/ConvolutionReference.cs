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
        int filters = shape.GroupOutputs;
        ForEachInput(
            shape,
            images,
            (input, weights, outputs) =>
            {
                ReadOnlySpan<double> factors = w.AsSpan(weights, filters);
                Span<double> sums = y.AsSpan(outputs, filters);
                double value = x[input];
                for (int i = 0; i < sums.Length; i++)
                    sums[i] += value * factors[i];
            }
        );
        return y;
    }

    /// <summary>dx = the gradient at the input.</summary>
    public static double[] GradientToInput(ConvolutionShape shape, int images, double[] dy, double[] w)
    {
        double[] dx = new double[images * shape.InputImage];
        int filters = shape.GroupOutputs;
        ForEachInput(
            shape,
            images,
            (input, weights, outputs) =>
            {
                ReadOnlySpan<double> factors = w.AsSpan(weights, filters),
                    gradients = dy.AsSpan(outputs, filters);
                double sum = dx[input];
                for (int i = 0; i < factors.Length; i++)
                    sum += gradients[i] * factors[i];
                dx[input] = sum;
            }
        );
        return dx;
    }

    /// <summary>dw = the gradient of the weights.</summary>
    public static double[] GradientToWeights(ConvolutionShape shape, int images, double[] x, double[] dy)
    {
        double[] dw = new double[shape.Weights];
        int filters = shape.GroupOutputs;
        ForEachInput(
            shape,
            images,
            (input, weights, outputs) =>
            {
                ReadOnlySpan<double> gradients = dy.AsSpan(outputs, filters);
                Span<double> sums = dw.AsSpan(weights, filters);
                double value = x[input];
                for (int i = 0; i < sums.Length; i++)
                    sums[i] += value * gradients[i];
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
        int inputs = s.GroupInputs,
            outputs = s.GroupOutputs;
        for (int group = 0; group < s.Groups; group++)
        {
            for (int input = 0; input < inputs; input++)
            {
                products(
                    (pixel * s.InputChannels) + (group * inputs) + input,
                    (((tap * inputs) + input) * s.OutputChannels) + (group * outputs),
                    (place * s.OutputChannels) + (group * outputs)
                );
            }
        }
    }
}
