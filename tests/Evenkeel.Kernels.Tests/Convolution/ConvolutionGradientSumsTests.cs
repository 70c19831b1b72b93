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
public sealed class ConvolutionGradientSumsTests
{
    // Whether the gradient is added to what is there, whether d takes its place, and whether there are several normalisations.
    public static TheoryData<string, bool, bool> Kinds =>
        new MatrixTheoryData<string, bool, bool>(["input", "add"], [false, true], [false, true]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_shape_is_exact_on_every_width(string kind, bool keeps, bool parted)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Small)
            AssertExact(shape, batch, ConvolutionMethod.Direct, kind, keeps, parted, pool);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Small)
            AssertExact(shape, batch, ConvolutionMethod.FourPoints, kind, keeps, parted, pool);
    }

    // Large tiles round, so the sums are held to what was written; an element left out or taken twice would be off by whole numbers.
    [Theory]
    [InlineData("input", false, 6)]
    [InlineData("input", true, 6)]
    [InlineData("add", false, 6)]
    [InlineData("add", true, 6)]
    [InlineData("input", false, 8)]
    [InlineData("input", true, 8)]
    [InlineData("add", false, 8)]
    [InlineData("add", true, 8)]
    public void Sums_by_large_tiles_are_those_of_what_was_written(string kind, bool parted, int points)
    {
        using var pool = new WorkerPool(2);
        foreach (
            (ConvolutionShape shape, int batch) in WinogradShapes.Large.Where(s =>
                kind != "add" || !s.Shape.LeavesInputsOut
            )
        )
        {
            using var gradient = new PrecedingNormCase(
                shape,
                batch,
                GuardedFloats.Whole,
                WinogradShapes.Method(points),
                parted
            );
            (float[] dx, double[] sums) = gradient.Run<Vector512<float>, Lanes16>(kind, keeps: true, pool);
            double[] exact = gradient.SumsOf(dx);
            double most = 1e-6 * dx.Sum(d => Math.Abs((double)d)) + 1e-3;
            Assert.All(sums.Zip(exact), pair => Assert.InRange(pair.First - pair.Second, -most, most));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bits_do_not_depend_on_the_threads(string kind, bool keeps, bool parted)
    {
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Layers.Concat(WinogradShapes.Layers))
        {
            if (kind == "add" && shape.LeavesInputsOut)
                continue;
            using var gradient = new PrecedingNormCase(
                shape,
                batch,
                GuardedFloats.Uniform,
                ConvolutionMethod.ByShape,
                parted
            );
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_are_those_of_passes_of_their_own(bool parted)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Layers)
        {
            using var gradient = new PrecedingNormCase(
                shape,
                batch,
                GuardedFloats.Uniform,
                ConvolutionMethod.ByShape,
                parted
            );
            float[] dx = new float[gradient.X.Length];
            double[] sums = new double[2 * shape.InputChannels],
                expected = new double[sums.Length];
            var norms = new NormParts<Relu>(gradient.Parts, sums);
            Conv.GradientToInput<Relu, NormParts<Relu>>(
                pool,
                shape,
                batch,
                gradient.Dy.Span,
                gradient.W.Span,
                dx,
                false,
                norms
            );
            int rows = batch * shape.Height * shape.Width;
            foreach (NormPart part in gradient.Parts)
                GradientSums.Run(
                    pool,
                    new Relu(),
                    new NormShape(rows, part.Channels, shape.InputChannels),
                    new NormBackwardInputs(part.X.Span, default, dx.AsSpan(part.First)),
                    new NormCoefficients(part.Coefficients.Span),
                    part.SumsIn(expected)
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
        ConvolutionShape shape = ConvolutionShapes.Square(4, 3, 2, 1, 1);
        using var gradient = new PrecedingNormCase(
            shape,
            1,
            GuardedFloats.Uniform,
            ConvolutionMethod.ByShape,
            parted: false
        );
        NormPart whole = gradient.Parts[0];
        AssertRefused<Relu>(gradient, shape with { StrideX = 2 }, accumulates: true, keeps: false, [whole]);
        AssertRefused<Swish>(gradient, shape, accumulates: false, keeps: true, [whole]);
        AssertRefused<Relu>(gradient, shape, accumulates: false, keeps: false, []);
        AssertRefused<Relu>(gradient, shape, accumulates: false, keeps: false, [whole, whole]);
        AssertRefused<Relu>(gradient, shape, accumulates: false, keeps: false, [whole with { First = 1 }]);
        AssertRefused<Relu>(gradient, shape, accumulates: false, keeps: false, [whole with { First = -1 }]);
        AssertRefused<Relu>(gradient, shape, accumulates: false, keeps: false, [whole with { Channels = 2 }]);
        using var few = new GuardedFloats(gradient.X.Length - 1);
        AssertRefused<Relu>(gradient, shape, accumulates: false, keeps: false, [whole with { X = few }]);
        AssertRefused<Relu>(gradient, shape, accumulates: false, keeps: true, [whole with { Y = few }]);
    }

    private static void AssertRefused<TAct>(
        PrecedingNormCase gradient,
        ConvolutionShape shape,
        bool accumulates,
        bool keeps,
        NormPart[] parts
    )
        where TAct : struct, IActivation =>
        Assert.Throws<ArgumentException>(() =>
        {
            using WorkerPool pool = WorkerPool.Serial();
            float[] dx = new float[gradient.X.Length];
            Span<float> dy = gradient.Dy.Span[..(shape.OutputHeight * shape.OutputWidth * shape.OutputChannels)],
                w = gradient.W.Span;
            var norms = new NormParts<TAct>(parts, new double[4 * shape.InputChannels]);
            if (keeps)
                Conv.GradientToResidual<TAct, NormParts<TAct>>(pool, shape, 1, dy, w, dx, accumulates, norms);
            else
                Conv.GradientToInput<TAct, NormParts<TAct>>(pool, shape, 1, dy, w, dx, accumulates, norms);
        });

    private static void AssertExact(
        in ConvolutionShape shape,
        int batch,
        ConvolutionMethod method,
        string kind,
        bool keeps,
        bool parted,
        WorkerPool pool
    )
    {
        if (kind == "add" && shape.LeavesInputsOut)
            return;
        using var gradient = new PrecedingNormCase(shape, batch, GuardedFloats.Whole, method, parted);
        (double[] dx, double[] sums) = gradient.Expected(kind, keeps);
        AssertExact<Vector512<float>, Lanes16>(gradient, kind, keeps, pool, dx, sums);
        AssertExact<Vector256<float>, Lanes8>(gradient, kind, keeps, pool, dx, sums);
        AssertExact<Vector128<float>, Lanes4>(gradient, kind, keeps, pool, dx, sums);
        AssertExact<float, Lanes1>(gradient, kind, keeps, pool, dx, sums);
    }

    private static void AssertExact<TVec, TLanes>(
        PrecedingNormCase gradient,
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
}
