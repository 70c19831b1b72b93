using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;
using Conv = Evenkeel.Kernels.Convolution.Convolution;

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

    /// <summary>y = conv(x, w).</summary>
    public static double[] Forward(ConvolutionShape shape, int images, double[] x, double[] w)
    {
        double[] y = new double[images * shape.Positions * shape.OutputChannels];
        foreach (Term term in Terms(shape, images))
            y[term.Y] += x[term.X] * w[term.W];
        return y;
    }

    /// <summary>dx = the gradient at the input.</summary>
    public static double[] GradientToInput(ConvolutionShape shape, int images, double[] dy, double[] w)
    {
        double[] dx = new double[images * shape.InputImage];
        foreach (Term term in Terms(shape, images))
            dx[term.X] += dy[term.Y] * w[term.W];
        return dx;
    }

    /// <summary>dw = the gradient of the weights.</summary>
    public static double[] GradientToWeights(ConvolutionShape shape, int images, double[] x, double[] dy)
    {
        double[] dw = new double[shape.Weights];
        foreach (Term term in Terms(shape, images))
            dw[term.W] += x[term.X] * dy[term.Y];
        return dw;
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

/// <summary>Checks of the convolutions, one per pass and shape, for each way that the kernels go by shape.</summary>
internal static class ConvolutionChecks
{
    private static readonly (int Batch, int Side, int Inputs, int Outputs, int Kernel, int Stride)[] _shapes =
    [
        (2, 24, 3, 16, 7, 2),
        (2, 14, 40, 33, 1, 1),
        (2, 14, 24, 40, 3, 1),
        (12, 7, 36, 20, 3, 1),
        (3, 15, 40, 36, 3, 1),
        (12, 7, 36, 50, 3, 1),
        (3, 9, 20, 34, 3, 2),
    ];

    /// <summary>The checks.</summary>
    internal static IEnumerable<KernelCheck> All
    {
        get
        {
            foreach ((int batch, int side, int inputs, int outputs, int kernel, int stride) in _shapes)
            {
                ConvolutionShape s = Square(side, inputs, outputs, kernel, stride);
                string name = $"{batch}x{side}x{side}x{inputs} {kernel}x{kernel}/{stride} {outputs}";
                yield return new("Convolution.Forward", name, pool => Forward(pool, s, batch));
                yield return new("Convolution.ForwardWithBias+Relu", name, pool => ForwardWithBias(pool, s, batch));
                yield return new("Convolution.ForwardWithStatistics", name, pool => Statistics(pool, s, batch));
                yield return new("Convolution.GradientToInput", name, pool => ToInput(pool, s, batch));
                yield return new("Convolution.AddGradientToInput", name, pool => AddToInput(pool, s, batch));
                yield return new("Convolution.GradientToWeights", name, pool => ToWeights(pool, s, batch));
            }
        }
    }

    private static KernelCheckResult Forward(WorkerPool pool, ConvolutionShape s, int batch)
    {
        (float[] x, float[] w, float[] y) = Operands(s, batch);
        (double[] exact, double[] magnitude) = (new double[y.Length], new double[y.Length]);
        Conv.Forward(pool, s, batch, x, w, y);
        ConvolutionReference.Forward(s, batch, x, w, exact, magnitude);
        return Compare(ForwardDepth(s), y, exact, magnitude);
    }

    private static KernelCheckResult ForwardWithBias(WorkerPool pool, ConvolutionShape s, int batch)
    {
        (float[] x, float[] w, float[] y) = Operands(s, batch);
        float[] bias = Values(s.OutputChannels, 4);
        (double[] exact, double[] magnitude) = (new double[y.Length], new double[y.Length]);
        Conv.ForwardWithBias(pool, default(Relu), s, batch, x, new(w, bias), y, s.OutputChannels);
        ConvolutionReference.Forward(s, batch, x, w, exact, magnitude);
        for (int i = 0; i < y.Length; i++)
        {
            float shift = bias[i % s.OutputChannels];
            exact[i] = Math.Max(0, exact[i] + shift);
            magnitude[i] += Math.Abs(shift);
        }

        return Compare(ForwardDepth(s), y, exact, magnitude);
    }

    // In units of the standard deviation; the outputs' own roundings are part of the statistics.
    private static KernelCheckResult Statistics(WorkerPool pool, ConvolutionShape s, int batch)
    {
        (float[] x, float[] w, float[] y) = Operands(s, batch);
        var moments = new ChannelMoments(new double[ChannelMoments.Length(s.OutputChannels)]);
        Conv.ForwardWithStatistics(pool, s, batch, x, w, y, moments);
        (double[] exactMean, double[] exactVariance) = BatchNormReference.Statistics(
            y.Length / s.OutputChannels,
            s.OutputChannels,
            Array.ConvertAll(y, v => (double)v)
        );
        double error = 0;
        for (int i = 0; i < exactMean.Length; i++)
        {
            error = Math.Max(error, Math.Abs(moments.Mean[i] - exactMean[i]) / Math.Sqrt(exactVariance[i]));
            error = Math.Max(error, Math.Abs((moments.M2[i] / moments.Count / exactVariance[i]) - 1));
        }

        // Float sums of 14 terms, doubles from there on: a few roundings of 6e-8.
        return new KernelCheckResult(error, 1e-6);
    }

    private static KernelCheckResult ToInput(WorkerPool pool, ConvolutionShape s, int batch)
    {
        (float[] x, float[] w, float[] y) = Operands(s, batch);
        (double[] exact, double[] magnitude) = (new double[x.Length], new double[x.Length]);
        Conv.GradientToInput(pool, s, batch, y, w, x);
        ConvolutionReference.GradientToInput(s, batch, y, w, exact, magnitude);
        return Compare(InputDepth(s), x, exact, magnitude);
    }

    private static KernelCheckResult AddToInput(WorkerPool pool, ConvolutionShape s, int batch)
    {
        (float[] x, float[] w, float[] y) = Operands(s, batch);
        (double[] exact, double[] magnitude) = (new double[x.Length], new double[x.Length]);
        ConvolutionReference.GradientToInput(s, batch, y, w, exact, magnitude);
        for (int i = 0; i < x.Length; i++)
        {
            exact[i] += x[i];
            magnitude[i] += Math.Abs(x[i]);
        }

        Conv.AddGradientToInput(pool, s, batch, y, w, x);
        return Compare(InputDepth(s), x, exact, magnitude);
    }

    private static KernelCheckResult ToWeights(WorkerPool pool, ConvolutionShape s, int batch)
    {
        (float[] x, float[] w, float[] y) = Operands(s, batch);
        (double[] exact, double[] magnitude) = (new double[w.Length], new double[w.Length]);
        Conv.GradientToWeights(pool, s, batch, x, y, w);
        ConvolutionReference.GradientToWeights(s, batch, x, y, exact, magnitude);
        return Compare((int)(batch * s.Positions), w, exact, magnitude);
    }

    private static int ForwardDepth(ConvolutionShape s) => s.KernelHeight * s.KernelWidth * s.InputChannels;

    private static int InputDepth(ConvolutionShape s) => s.KernelHeight * s.KernelWidth * s.OutputChannels;

    // About sqrt(depth) roundings for terms of random sign; four times that and a few for short sums is beyond chance.
    private static KernelCheckResult Compare(int depth, float[] fast, double[] exact, double[] magnitude)
    {
        double error = 0;
        for (int i = 0; i < fast.Length; i++)
        {
            // Math.Max passes NaN on, so a NaN cannot hide.
            double unit = Math.Max(magnitude[i], float.Epsilon) * Math.Pow(2, -24);
            error = Math.Max(error, Math.Abs(fast[i] - exact[i]) / unit);
        }

        return new KernelCheckResult(error, 8 + (4 * Math.Sqrt(depth)));
    }

    private static (float[] X, float[] W, float[] Y) Operands(ConvolutionShape s, int batch) =>
        (
            Values((int)(batch * s.InputImage), 1),
            Values((int)s.Weights, 2),
            Values((int)(batch * s.Positions * s.OutputChannels), 3)
        );

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (2 * random.NextSingle()) - 1;
        return values;
    }

    private static ConvolutionShape Square(int side, int inputs, int outputs, int kernel, int stride) =>
        new()
        {
            Height = side,
            Width = side,
            InputChannels = inputs,
            OutputChannels = outputs,
            KernelHeight = kernel,
            KernelWidth = kernel,
            StrideY = stride,
            StrideX = stride,
            PadTop = kernel / 2,
            PadLeft = kernel / 2,
            OutputHeight = ((side + (kernel / 2 * 2) - kernel) / stride) + 1,
            OutputWidth = ((side + (kernel / 2 * 2) - kernel) / stride) + 1,
        };
}
