using Evenkeel.Kernels.Convolution;

namespace Evenkeel.Kernels.Reference;

/// <summary>
/// Convolutions as plain loops in double precision. Beside each element stands its magnitude, the sum of |a| |b| over its terms:
/// rounding errors are in proportion to that.
/// </summary>
public static class ConvolutionReference
{
    /// <summary>y = conv(x, w).</summary>
    public static void Forward(
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        Span<double> y,
        Span<double> magnitude
    )
    {
        y.Clear();
        magnitude.Clear();
        foreach (Term term in Terms(shape, batch))
            Add(term.Y, (double)x[term.X] * w[term.W], y, magnitude);
    }

    /// <summary>dx = the gradient at the input.</summary>
    public static void GradientToInput(
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> w,
        Span<double> dx,
        Span<double> magnitude
    )
    {
        dx.Clear();
        magnitude.Clear();
        foreach (Term term in Terms(shape, batch))
            Add(term.X, (double)dy[term.Y] * w[term.W], dx, magnitude);
    }

    /// <summary>dw = the gradient of the weights.</summary>
    public static void GradientToWeights(
        in ConvolutionShape shape,
        int batch,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> dy,
        Span<double> dw,
        Span<double> magnitude
    )
    {
        dw.Clear();
        magnitude.Clear();
        foreach (Term term in Terms(shape, batch))
            Add(term.W, (double)x[term.X] * dy[term.Y], dw, magnitude);
    }

    private static void Add(int index, double value, Span<double> sums, Span<double> magnitude)
    {
        sums[index] += value;
        magnitude[index] += Math.Abs(value);
    }

    // Every product of an input and a weight that an output is made of.
    private static IEnumerable<Term> Terms(ConvolutionShape s, int batch)
    {
        for (int place = 0; place < batch * s.Positions; place++)
        {
            int outputX = place % s.OutputWidth;
            int outputY = place / s.OutputWidth % s.OutputHeight;
            int image = place / s.OutputWidth / s.OutputHeight;
            for (int tap = 0; tap < s.KernelHeight * s.KernelWidth; tap++)
            {
                int y = (outputY * s.StrideY) + (tap / s.KernelWidth) - s.PadTop;
                int x = (outputX * s.StrideX) + (tap % s.KernelWidth) - s.PadLeft;
                if (y < 0 || y >= s.Height || x < 0 || x >= s.Width)
                    continue;
                int pixel = (((image * s.Height) + y) * s.Width) + x;
                foreach (Term term in PixelTerms(s, place, tap, pixel))
                    yield return term;
            }
        }
    }

    private static IEnumerable<Term> PixelTerms(ConvolutionShape s, int place, int tap, int pixel)
    {
        for (int output = 0; output < s.OutputChannels; output++)
        {
            int group = output / s.GroupOutputs;
            for (int input = 0; input < s.GroupInputs; input++)
            {
                int weight = (((tap * s.GroupInputs) + input) * s.OutputChannels) + output;
                int source = (pixel * s.InputChannels) + (group * s.GroupInputs) + input;
                yield return new Term(source, weight, (place * s.OutputChannels) + output);
            }
        }
    }

    private readonly record struct Term(int X, int W, int Y);
}
