using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;
using Conv = Evenkeel.Kernels.Convolution.Convolution;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

/// <summary>Sums of a normalisation's gradient, taken while a convolution makes the gradient of its input.</summary>
public sealed unsafe class ConvolutionGradientSumsTests
{
    // Whether the gradient is added to what is there, and whether d takes its place.
    public static TheoryData<string, bool> Kinds =>
        new()
        {
            { "input", false },
            { "input", true },
            { "add", false },
            { "add", true },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_shape_is_exact_on_every_width(string kind, bool keeps)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Small)
            AssertExact(shape, batch, ConvolutionMethod.Direct, kind, keeps, pool);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Small)
            AssertExact(shape, batch, ConvolutionMethod.Winograd2, kind, keeps, pool);
    }

    // Large tiles round, so the sums are held to what was written; an element left out or taken twice would be off by whole numbers.
    [Theory]
    [InlineData("input")]
    [InlineData("add")]
    public void Sums_by_large_tiles_are_those_of_what_was_written(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Small)
        {
            using var gradient = new Case(shape, batch, GuardedFloats.Whole, ConvolutionMethod.Winograd4);
            (float[] dx, double[] sums) = gradient.Run<Vector512<float>, Lanes16>(kind, keeps: true, pool);
            double[] exact = gradient.SumsOf(dx);
            double most = 1e-6 * dx.Sum(d => Math.Abs((double)d)) + 1e-3;
            Assert.All(sums.Zip(exact), pair => Assert.InRange(pair.First - pair.Second, -most, most));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bits_do_not_depend_on_the_threads(string kind, bool keeps)
    {
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Layers.Concat(WinogradShapes.Layers))
        {
            if (kind == "add" && !ReachesAll(shape))
                continue;
            using var gradient = new Case(shape, batch, GuardedFloats.Uniform, ConvolutionMethod.ByShape);
            using WorkerPool serial = WorkerPool.Serial();
            (float[] dx, double[] sums) = gradient.Run<Vector512<float>, Lanes16>(kind, keeps, serial);
            foreach (int threads in new[] { 2, 3, 8 })
            {
                using var pool = new WorkerPool(threads);
                (float[] otherDx, double[] otherSums) = gradient.Run<Vector512<float>, Lanes16>(kind, keeps, pool);
                Assert.Equal(dx, otherDx);
                Assert.Equal(sums, otherSums);
            }
        }
    }

    [Fact]
    public void They_are_those_of_a_pass_of_their_own()
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Layers)
        {
            using var gradient = new Case(shape, batch, GuardedFloats.Uniform, ConvolutionMethod.ByShape);
            float[] dx = new float[gradient.X.Length];
            double[] sums = new double[2 * shape.InputChannels],
                expected = new double[sums.Length];
            var norm = new PrecedingNorm<Relu>(new Relu(), gradient.X.Span, default, gradient.Coefficients, sums);
            Conv.GradientToInput(pool, shape, batch, gradient.Dy.Span, gradient.W.Span, dx, false, norm);
            int rows = batch * shape.Height * shape.Width;
            GradientSums.Run(
                pool,
                new Relu(),
                new NormShape(rows, shape.InputChannels),
                new NormBackwardInputs(gradient.X.Span, default, dx),
                gradient.Coefficients,
                expected
            );
            // Both sum up to 64 floats before they go on in doubles; terms are below 4 times the gradient.
            double bound = 64 * Math.Pow(2, -24) * 4 * rows * dx.Max(Math.Abs);
            for (int i = 0; i < sums.Length; i++)
                Assert.InRange(sums[i], expected[i] - bound, expected[i] + bound);
        }
    }

    [Fact]
    public void What_cannot_be_right_is_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        ConvolutionShape shape = ConvolutionShapes.Square(4, 3, 2, 1, 2);
        using var gradient = new Case(shape, 1, GuardedFloats.Uniform, ConvolutionMethod.ByShape);
        float[] dx = new float[gradient.X.Length];
        double[] sums = new double[6];
        Refused<Relu>(sums, gradient.X.Span.Length, accumulates: true, keeps: false);
        Refused<Relu>(new double[5], gradient.X.Span.Length, accumulates: false, keeps: false);
        Refused<Relu>(sums, gradient.X.Span.Length - 1, accumulates: false, keeps: false);
        Refused<Swish>(sums, gradient.X.Span.Length, accumulates: false, keeps: true);

        void Refused<TAct>(double[] into, int values, bool accumulates, bool keeps)
            where TAct : struct, IActivation
        {
            Assert.Throws<ArgumentException>(() =>
            {
                Span<float> x = gradient.X.Span[..values];
                var norm = new PrecedingNorm<TAct>(default, x, x, gradient.Coefficients, into);
                if (keeps)
                    Conv.GradientToResidual(pool, shape, 1, gradient.Dy.Span, gradient.W.Span, dx, accumulates, norm);
                else
                    Conv.GradientToInput(pool, shape, 1, gradient.Dy.Span, gradient.W.Span, dx, accumulates, norm);
            });
        }
    }

    private static bool ReachesAll(in ConvolutionShape shape) =>
        shape.KernelHeight >= shape.StrideY && shape.KernelWidth >= shape.StrideX;

    private static void AssertExact(
        in ConvolutionShape shape,
        int batch,
        ConvolutionMethod method,
        string kind,
        bool keeps,
        WorkerPool pool
    )
    {
        if (kind == "add" && !ReachesAll(shape))
            return;
        using var gradient = new Case(shape, batch, GuardedFloats.Whole, method);
        (double[] dx, double[] sums) = gradient.Expected(kind, keeps);
        AssertExact<Vector512<float>, Lanes16>(gradient, kind, keeps, pool, dx, sums);
        AssertExact<Vector256<float>, Lanes8>(gradient, kind, keeps, pool, dx, sums);
        AssertExact<Vector128<float>, Lanes4>(gradient, kind, keeps, pool, dx, sums);
        AssertExact<float, Lanes1>(gradient, kind, keeps, pool, dx, sums);
    }

    private static void AssertExact<TVec, TLanes>(
        Case gradient,
        string kind,
        bool keeps,
        WorkerPool pool,
        double[] dx,
        double[] sums
    )
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        (float[] madeDx, double[] madeSums) = gradient.Run<TVec, TLanes>(kind, keeps, pool);
        string what = $"{typeof(TLanes).Name}, batch {gradient.Batch}, {gradient.Shape}";
        Assert.True(madeDx.Zip(dx).All(pair => pair.First == pair.Second), what);
        Assert.True(madeSums.SequenceEqual(sums), what);
    }

    /// <summary>A convolution behind a normalisation with ReLU.</summary>
    private sealed class Case : IDisposable
    {
        private readonly ConvolutionCase _convolution;
        private readonly GuardedFloats _y;
        private readonly float[] _coefficients;

        public Case(
            in ConvolutionShape shape,
            int batch,
            Func<int, int, GuardedFloats> values,
            ConvolutionMethod method
        )
        {
            _convolution = new ConvolutionCase(shape, batch, values) { Method = method };
            int channels = shape.InputChannels;
            // Whole numbers, so that sums of whole numbers are exact: centers, scales, shifts.
            _coefficients =
            [
                .. Enumerable.Range(0, channels).Select(c => (float)((c % 3) - 1)),
                .. Enumerable.Range(0, channels).Select(c => c % 4 == 0 ? -1f : 2f),
                .. Enumerable.Range(0, channels).Select(c => (float)((c % 5) - 2)),
            ];
            _y = new GuardedFloats(X.Length);
            for (int i = 0; i < X.Length; i++)
                _y.Span[i] = Math.Max(0, Normalized(i));
        }

        public ConvolutionShape Shape => _convolution.Shape;

        public int Batch => _convolution.Batch;

        public GuardedFloats X => _convolution.X;

        public GuardedFloats W => _convolution.W;

        public GuardedFloats Dy => _convolution.Y;

        public NormCoefficients Coefficients => new(_coefficients);

        public (double[] Dx, double[] Sums) Expected(string kind, bool keeps)
        {
            double[] dx = _convolution.Expected(kind),
                sums = new double[2 * Shape.InputChannels];
            for (int i = 0; i < dx.Length; i++)
            {
                int channel = i % Shape.InputChannels;
                double d = Normalized(i) > 0 ? dx[i] : 0;
                sums[channel] += d;
                sums[Shape.InputChannels + channel] += d * (X.Span[i] - _coefficients[channel]);
                dx[i] = keeps ? d : dx[i];
            }

            return (dx, sums);
        }

        /// <summary>The sums of gradients that passed the activation.</summary>
        public double[] SumsOf(float[] d)
        {
            double[] sums = new double[2 * Shape.InputChannels];
            for (int i = 0; i < d.Length; i++)
            {
                int channel = i % Shape.InputChannels;
                sums[channel] += d[i];
                sums[Shape.InputChannels + channel] += d[i] * (double)(X.Span[i] - _coefficients[channel]);
            }

            return sums;
        }

        public (float[] Dx, double[] Sums) Run<TVec, TLanes>(string kind, bool keeps, WorkerPool pool)
            where TVec : unmanaged
            where TLanes : struct, ILanes<TVec>
        {
            using GuardedFloats dx = kind == "add" ? GuardedFloats.Whole(X.Length, 5) : new GuardedFloats(X.Length);
            double[] sums = new double[2 * Shape.InputChannels];
            int channels = Shape.InputChannels;
            var (relu, fromOutput) = (new Relu(), FromOutput<Relu>.Require(new Relu()));
            fixed (float* coefficients = _coefficients)
            fixed (double* to = sums)
            {
                var norm = new PrecedingNormOperands
                {
                    Kernel = keeps
                        ? &TileGradientSums<FromOutput<Relu>, KeptGradient, TVec, TLanes>.Run
                        : &TileGradientSums<Relu, SumsOnly, TVec, TLanes>.Run,
                    Activation = keeps ? Unsafe.AsPointer(ref fromOutput) : Unsafe.AsPointer(ref relu),
                    X = X.Data,
                    Y = _y.Data,
                    Gradient = dx.Data,
                    Center = coefficients,
                    Scale = coefficients + channels,
                    Shift = coefficients + (2 * channels),
                    Sums = to,
                    Channels = channels,
                };
                ConvolutionOperands operands = _convolution.Operands(kind, dx);
                InputGradient<TVec, TLanes>.Run(pool, operands, kind == "add", &norm);
            }

            dx.AssertCanaries();
            return (dx.Span.ToArray(), sums);
        }

        public void Dispose()
        {
            _convolution.Dispose();
            _y.Dispose();
        }

        private float Normalized(int i)
        {
            int channels = Shape.InputChannels,
                channel = i % channels;
            return ((X.Span[i] - _coefficients[channel]) * _coefficients[channels + channel])
                + _coefficients[(2 * channels) + channel];
        }
    }
}
