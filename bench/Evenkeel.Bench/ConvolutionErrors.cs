using System.Globalization;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Reference;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Bench;

/// <summary>
/// Rounding errors of convolutions in float32 as the plain sum and by minimal filterings of four, six and eight points, against the plain sum in double, on what a
/// network has: inputs that were normalised and passed a ReLU, weights as He initialises them, normal gradients.
/// </summary>
internal static class ConvolutionErrors
{
    private const int Batch = 4;

    private static readonly (int Side, int Inputs, int Outputs, int Kernel, int Stride)[] _layers =
    [
        (32, 16, 16, 3, 1),
        (16, 32, 32, 3, 1),
        (8, 64, 64, 3, 1),
        (56, 64, 64, 3, 1),
        (28, 64, 96, 3, 1),
        (14, 128, 160, 3, 1),
        (7, 192, 320, 3, 1),
        (27, 64, 192, 5, 1),
        (112, 3, 64, 7, 2),
        (112, 3, 64, 11, 4),
    ];

    public static void Run(TextWriter output)
    {
        output.WriteLine(
            "| layer | pass | plain sum | four points | ratio | six points | ratio | eight points | ratio |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|---|---|");
        using var pool = new WorkerPool(Environment.ProcessorCount);
        foreach ((int side, int inputs, int outputs, int kernel, int stride) in _layers)
        {
            var layer = new Layer(side, inputs, outputs, kernel, stride);
            foreach (Pass pass in Enum.GetValues<Pass>())
            {
                double[] exact = layer.Exact(pass);
                float[] sum = layer.Run(pool, pass, ConvolutionMethod.Direct);
                double plain = Error(sum, exact);
                string Cells(ConvolutionMethod method)
                {
                    float[] result = layer.Run(pool, pass, method);
                    double error = Error(result, exact);
                    // What a method cannot do is the plain sum.
                    return result.AsSpan().SequenceEqual(sum)
                        ? "- | -"
                        : string.Create(CultureInfo.InvariantCulture, $"{error:0.0e0} | {error / plain:F1}");
                }

                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {kernel}x{kernel}{(stride > 1 ? $"/{stride}" : "")}, {inputs} to {outputs} @{side} | {Name(pass)} | {plain:0.0e0} | {Cells(ConvolutionMethod.FourPoints)} | {Cells(ConvolutionMethod.SixPoints)} | {Cells(ConvolutionMethod.EightPoints)} |"
                    )
                );
            }
        }
    }

    private static string Name(Pass pass) =>
        pass switch
        {
            Pass.Forward => "forward",
            Pass.Input => "gradient of the input",
            _ => "gradient of the weights",
        };

    // Root of the mean square, relative to that of the result.
    private static double Error(float[] result, double[] exact)
    {
        double errors = result.Zip(exact, (r, e) => (r - e) * (r - e)).Sum();
        return Math.Sqrt(errors / exact.Sum(e => e * e));
    }

    private enum Pass
    {
        Forward,
        Input,
        Weights,
    }

    private sealed class Layer
    {
        private readonly ConvolutionShape _shape;
        private readonly float[] _x;
        private readonly float[] _w;
        private readonly float[] _dy;

        public Layer(int side, int inputs, int outputs, int kernel, int stride)
        {
            _shape = new ConvolutionShape
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
                OutputHeight = ((side - 1) / stride) + 1,
                OutputWidth = ((side - 1) / stride) + 1,
            };
            var random = new Random(1);
            _x = Normal(random, Batch * _shape.InputImage, 1);
            foreach (ref float value in _x.AsSpan())
                value = Math.Max(0, value);
            _w = Normal(random, _shape.Weights, Math.Sqrt(2.0 / (kernel * kernel * inputs)));
            _dy = Normal(random, Batch * _shape.Positions * outputs, 1);
        }

        public double[] Exact(Pass pass)
        {
            double[] x = Array.ConvertAll(_x, v => (double)v),
                w = Array.ConvertAll(_w, v => (double)v),
                dy = Array.ConvertAll(_dy, v => (double)v);
            return pass switch
            {
                Pass.Forward => ConvolutionReference.Forward(_shape, Batch, x, w),
                Pass.Input => ConvolutionReference.GradientToInput(_shape, Batch, dy, w),
                _ => ConvolutionReference.GradientToWeights(_shape, Batch, x, dy),
            };
        }

        public unsafe float[] Run(WorkerPool pool, Pass pass, ConvolutionMethod method)
        {
            float[] result = new float[
                pass switch
                {
                    Pass.Forward => _dy.Length,
                    Pass.Input => _x.Length,
                    _ => _w.Length,
                }
            ];
            fixed (float* to = result)
            fixed (float* x = _x)
            fixed (float* w = _w)
            fixed (float* dy = _dy)
            {
                var operands = new ConvolutionOperands
                {
                    Shape = _shape,
                    Batch = Batch,
                    X = pass == Pass.Input ? to : x,
                    Weights = pass == Pass.Weights ? to : w,
                    Y = pass == Pass.Forward ? to : dy,
                    YStride = _shape.OutputChannels,
                    Method = method,
                };
                WidestLanes.Run(new PassAction(pool, pass, operands));
            }

            return result;
        }

        private static float[] Normal(Random random, long count, double deviation)
        {
            float[] values = new float[count];
            foreach (ref float value in values.AsSpan())
            {
                double length = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                value = (float)(deviation * length * Math.Cos(2 * Math.PI * random.NextDouble()));
            }

            return values;
        }
    }

    private readonly struct PassAction(WorkerPool pool, Pass pass, ConvolutionOperands operands) : ILanesAction
    {
        public unsafe void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            if (pass == Pass.Forward)
                ForwardConvolution<TVec, TLanes>.Run(pool, default(Identity), operands, null);
            else if (pass == Pass.Input)
                InputGradient<TVec, TLanes>.Run(pool, operands, accumulates: false);
            else
                WeightGradient<TVec, TLanes>.Run(pool, operands);
        }
    }
}
