using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Depthwise;
using Evenkeel.Kernels.Threading;

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

/// <summary>Depthwise convolutions on this machine.</summary>
internal static class DepthwiseConvolutionChecks
{
    private const int Batch = 2;

    // Sums of 9 products below 1 along rows of at most 14 in single precision, relative to results of at least 1.
    private const double Tolerance = 3e-6;

    private static readonly ConvolutionShape[] Shapes =
    [
        Square(size: 14, channels: 40, multiplier: 1, stride: 1, output: 14),
        Square(size: 14, channels: 33, multiplier: 1, stride: 2, output: 7),
        Square(size: 9, channels: 5, multiplier: 3, stride: 1, output: 9),
    ];

    /// <summary>All of them.</summary>
    public static IEnumerable<KernelCheck> All => Shapes.SelectMany(Of);

    private static ConvolutionShape Square(int size, int channels, int multiplier, int stride, int output) =>
        new()
        {
            Height = size,
            Width = size,
            InputChannels = channels,
            OutputChannels = channels * multiplier,
            KernelHeight = 3,
            KernelWidth = 3,
            StrideY = stride,
            StrideX = stride,
            PadTop = 1,
            PadLeft = 1,
            OutputHeight = output,
            OutputWidth = output,
            Groups = channels,
        };

    private static IEnumerable<KernelCheck> Of(ConvolutionShape s)
    {
        string shape = $"{Batch}x{s.Height}x{s.Width}x{s.InputChannels}->{s.OutputChannels} 3x3/{s.StrideX}";
        int inputs = Batch * s.Height * s.Width * s.InputChannels;
        int outputs = Batch * s.OutputHeight * s.OutputWidth * s.OutputChannels;
        float[] x = CheckValues.Uniform(inputs, 1);
        float[] w = CheckValues.Uniform(9 * s.OutputChannels, 2);
        float[] dy = CheckValues.Uniform(outputs, 3);
        yield return Check(
            "Forward",
            outputs,
            (pool, y) => DepthwiseConvolution.Forward(pool, s, Batch, x, w, y),
            () => DepthwiseConvolutionReference.Forward(s, Batch, x, w)
        );
        yield return Check(
            "GradientToInput",
            inputs,
            (pool, dx) => DepthwiseConvolution.GradientToInput(pool, s, Batch, dy, w, dx),
            () => DepthwiseConvolutionReference.GradientToInput(s, Batch, dy, w)
        );
        yield return Check(
            "GradientToWeights",
            w.Length,
            (pool, dw) => DepthwiseConvolution.GradientToWeights(pool, s, Batch, x, dy, dw),
            () => DepthwiseConvolutionReference.GradientToWeights(s, Batch, x, dy)
        );

        KernelCheck Check(string name, int length, Action<WorkerPool, float[]> run, Func<double[]> expected) =>
            new(
                $"DepthwiseConvolution.{name}",
                shape,
                pool =>
                {
                    float[] actual = new float[length];
                    run(pool, actual);
                    return new KernelCheckResult(BatchNormCase.Error(actual, expected()), Tolerance);
                }
            );
    }
}
