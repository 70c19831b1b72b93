using System.Globalization;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Reference;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Bench;

/// <summary>
/// Rounding errors of 3x3 convolutions in float32 as the plain sum and by both kinds of tiles, against the plain sum in double, on what a
/// network has: inputs that were normalised and passed a ReLU, weights as He initialises them, normal gradients.
/// </summary>
internal static class ConvolutionErrors
{
    private const int Batch = 4;

    private static readonly (int Side, int Inputs, int Outputs)[] _layers =
    [
        (32, 16, 16),
        (16, 32, 32),
        (8, 64, 64),
        (56, 64, 64),
        (28, 64, 96),
        (14, 128, 160),
        (7, 192, 320),
    ];

    public static void Run(TextWriter output)
    {
        output.WriteLine("| layer | pass | plain sum | tiles of 2x2 | ratio | tiles of 4x4 | ratio |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        using var pool = new WorkerPool(Environment.ProcessorCount);
        foreach ((int side, int inputs, int outputs) in _layers)
        {
            var layer = new Layer(side, inputs, outputs);
            foreach (Pass pass in Enum.GetValues<Pass>())
            {
                double[] exact = layer.Exact(pass);
                double plain = Error(layer.Run(pool, pass, ConvolutionMethod.Direct), exact),
                    small = Error(layer.Run(pool, pass, ConvolutionMethod.Winograd2), exact),
                    large = Error(layer.Run(pool, pass, ConvolutionMethod.Winograd4), exact);
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {inputs} to {outputs} @{side} | {Name(pass)} | {plain:0.0e0} | {small:0.0e0} | {small / plain:F1} | {large:0.0e0} | {large / plain:F1} |"
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

        public Layer(int side, int inputs, int outputs)
        {
            _shape = new ConvolutionShape
            {
                Height = side,
                Width = side,
                InputChannels = inputs,
                OutputChannels = outputs,
                KernelHeight = 3,
                KernelWidth = 3,
                PadTop = 1,
                PadLeft = 1,
                OutputHeight = side,
                OutputWidth = side,
            };
            var random = new Random(1);
            _x = Normal(random, Batch * _shape.InputImage, 1);
            foreach (ref float value in _x.AsSpan())
                value = Math.Max(0, value);
            _w = Normal(random, _shape.Weights, Math.Sqrt(2.0 / (9 * inputs)));
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
