using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

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
