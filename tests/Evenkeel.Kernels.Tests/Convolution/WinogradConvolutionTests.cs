using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Convolution.Winograd;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

public sealed class WinogradConvolutionTests
{
    public static TheoryData<string> Kinds => ["forward", "bias", "packed", "input", "add", "weights"];

    /// <summary>Kinds, and points along each axis.</summary>
    public static TheoryData<string, int> KindsAndPoints =>
        new MatrixTheoryData<string, int>([.. Kinds.Select(k => k.Data)], [4, 6, 8]);

    /// <summary>Kinds, and points whose factors round.</summary>
    public static TheoryData<string, int> KindsThatRound =>
        new MatrixTheoryData<string, int>([.. Kinds.Select(k => k.Data)], [6, 8]);

    // Whole numbers and factors of 1/2: nothing is rounded, so a wrong border, lane or sign cannot hide in a tolerance.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_size_is_exact_on_every_width(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Large)
        {
            using ConvolutionCase convolution = Case(shape, batch, GuardedFloats.Whole, points: 4);
            double[] exact = convolution.Expected(kind);
            convolution.AssertExact<Vector512<float>, Lanes16>(kind, pool, exact);
            convolution.AssertExact<Vector256<float>, Lanes8>(kind, pool, exact);
            convolution.AssertExact<Vector128<float>, Lanes4>(kind, pool, exact);
            convolution.AssertExact<float, Lanes1>(kind, pool, exact);
        }
    }

    // Factors of sqrt(2), thirds and 1/45 round, by parts of what a tile sees: a wrong border, lane or sign is off by whole numbers.
    [Theory]
    [MemberData(nameof(KindsThatRound))]
    public void Every_size_is_right_by_points_that_round_on_every_width(string kind, int points)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Large)
        {
            using ConvolutionCase convolution = Case(shape, batch, GuardedFloats.Whole, points);
            double[] exact = convolution.Expected(kind);
            double most = (points == 8 ? 1e-5 : 3e-6) * convolution.Magnitude(kind).Append(1).Max();
            convolution.AssertNear<Vector512<float>, Lanes16>(kind, pool, exact, most);
            convolution.AssertNear<Vector256<float>, Lanes8>(kind, pool, exact, most);
            convolution.AssertNear<Vector128<float>, Lanes4>(kind, pool, exact, most);
            convolution.AssertNear<float, Lanes1>(kind, pool, exact, most);
        }
    }

    // The transforms make numbers of both signs larger before they cancel. Measured here: 0.6 times by small tiles (the plain sum is one chain
    // nine times as long), 1.3 to 2.3 times for weights; by large tiles 1.8 to 2.1 times, 3.2 to 4.2 times for weights, and 10 times for those of 5x5, whose 25
    // gradients come of 36 sums; by eight points 4 times as much. Twice that shows a lost digit.
    [Theory]
    [MemberData(nameof(KindsAndPoints))]
    public void Rounding_errors_are_near_those_of_the_plain_sum(string kind, int points)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Layers)
        {
            using ConvolutionCase direct = new(shape, batch, GuardedFloats.Uniform)
            {
                Method = ConvolutionMethod.Direct,
            };
            using ConvolutionCase tiled = Case(shape, batch, GuardedFloats.Uniform, points);
            double[] exact = direct.Expected(kind);
            int taps = (shape.KernelHeight + shape.StrideY - 1) / shape.StrideY,
                most = Most(kind, points, taps);
            double plain = Error(direct.Run<Vector512<float>, Lanes16>(kind, pool), exact);
            double winograd = Error(tiled.Run<Vector512<float>, Lanes16>(kind, pool), exact);
            Assert.True(winograd <= most * plain, $"{kind}, batch {batch}, {shape}: {winograd} against {plain}.");
        }
    }

    private static int Most(string kind, int points, int taps)
    {
        int most =
            kind != "weights" || points == 4 ? 4
            : taps == 3 ? 8
            : 20;
        return points == 8 ? 4 * most : most;
    }

    // Root of the mean square, relative to that of the result.
    private static double Error(float[] result, double[] exact)
    {
        double errors = result.Zip(exact, (r, e) => (r - e) * (r - e)).Sum();
        return Math.Sqrt(errors / exact.Sum(e => e * e));
    }

    [Theory]
    [MemberData(nameof(KindsAndPoints))]
    public void Bits_do_not_depend_on_the_threads(string kind, int points)
    {
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Layers)
        {
            using ConvolutionCase convolution = Case(shape, batch, GuardedFloats.Uniform, points);
            using WorkerPool serial = WorkerPool.Serial();
            float[] expected = convolution.Run<Vector512<float>, Lanes16>(kind, serial);
            for (int threads = 2; threads <= 5; threads++)
            {
                using var pool = new WorkerPool(threads);
                float[] result = convolution.Run<Vector512<float>, Lanes16>(kind, pool);
                Assert.True(result.AsSpan().SequenceEqual(expected), $"{kind}, {threads} threads, {shape}");
            }
        }
    }

    // What lies between the rows is NaN, which nothing that was read would leave alone.
    [Theory]
    [InlineData("input", 4)]
    [InlineData("input", 6)]
    [InlineData("input", 8)]
    [InlineData("weights", 4)]
    [InlineData("weights", 6)]
    [InlineData("weights", 8)]
    public unsafe void Gradients_are_read_from_wider_rows(string kind, int points)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Large.Where(s => s.Batch > 0))
        {
            using ConvolutionCase convolution = Case(shape, batch, GuardedFloats.Uniform, points);
            float[] expected = convolution.Run<Vector512<float>, Lanes16>(kind, pool);
            int outputs = shape.OutputChannels,
                stride = outputs + 37;
            using var wide = new GuardedFloats(((convolution.Y.Length / outputs) - 1) * stride + outputs);
            using var result = new GuardedFloats(expected.Length);
            wide.Span.Fill(float.NaN);
            for (int i = 0; i < convolution.Y.Length; i++)
                wide.Span[(i / outputs * stride) + (i % outputs)] = convolution.Y.Span[i];
            ConvolutionOperands operands = convolution.Operands(kind, result);
            operands.Y = wide.Data;
            operands.YStride = stride;
            if (kind == "input")
                InputGradient<Vector512<float>, Lanes16>.Run(pool, operands, accumulates: false);
            else
                WeightGradient<Vector512<float>, Lanes16>.Run(pool, operands);
            Assert.True(result.Span.SequenceEqual(expected), $"{kind}, batch {batch}, {shape}");
        }
    }

    [Theory]
    [InlineData(32, 56, 64, 192, ConvolutionMethod.EightPoints)]
    [InlineData(32, 14, 96, 128, ConvolutionMethod.SixPoints)]
    [InlineData(1, 28, 128, 128, ConvolutionMethod.SixPoints)]
    [InlineData(32, 7, 192, 320, ConvolutionMethod.SixPoints)]
    [InlineData(1, 14, 128, 128, ConvolutionMethod.FourPoints)]
    [InlineData(32, 3, 256, 256, ConvolutionMethod.Direct)]
    [InlineData(128, 3, 256, 256, ConvolutionMethod.SixPoints)]
    [InlineData(32, 6, 128, 128, ConvolutionMethod.FourPoints)]
    [InlineData(64, 1, 64, 64, ConvolutionMethod.Direct)]
    [InlineData(1, 7, 192, 320, ConvolutionMethod.Direct)]
    [InlineData(32, 28, 3, 16, ConvolutionMethod.Direct)]
    internal void It_is_chosen_where_it_takes_less(
        int batch,
        int side,
        int inputs,
        int outputs,
        ConvolutionMethod chosen
    )
    {
        ConvolutionShape shape = ConvolutionShapes.Square(side, inputs, outputs, 3, 1);
        Assert.Equal(chosen, Chosen(shape, batch, ConvolutionMethod.ByShape));
        foreach (ConvolutionMethod method in Enum.GetValues<ConvolutionMethod>().Except([ConvolutionMethod.ByShape]))
        {
            Assert.Equal(method, Chosen(shape, batch, method));
            Assert.Equal(ConvolutionMethod.Direct, Chosen(shape with { StrideX = 2 }, batch, method));
        }
    }

    [Theory]
    [InlineData(32, 224, 3, 64, 7, 2, ConvolutionMethod.EightPoints)]
    [InlineData(1, 224, 3, 64, 7, 2, ConvolutionMethod.EightPoints)]
    [InlineData(1, 224, 1, 64, 7, 2, ConvolutionMethod.Direct)]
    [InlineData(1, 224, 3, 64, 11, 4, ConvolutionMethod.SixPoints)]
    [InlineData(1, 27, 64, 192, 5, 1, ConvolutionMethod.EightPoints)]
    [InlineData(32, 14, 16, 48, 5, 1, ConvolutionMethod.EightPoints)]
    [InlineData(1, 3, 256, 256, 5, 1, ConvolutionMethod.Direct)]
    [InlineData(32, 224, 3, 64, 3, 2, ConvolutionMethod.Direct)]
    [InlineData(32, 56, 64, 64, 7, 1, ConvolutionMethod.Direct)]
    [InlineData(32, 56, 64, 64, 1, 1, ConvolutionMethod.Direct)]
    internal void Kernels_of_more_taps_and_strides_are_filtered_too(
        int batch,
        int side,
        int inputs,
        int outputs,
        int kernel,
        int stride,
        ConvolutionMethod chosen
    )
    {
        ConvolutionShape shape = ConvolutionShapes.Square(side, inputs, outputs, kernel, stride);
        Assert.Equal(chosen, Chosen(shape, batch, ConvolutionMethod.ByShape));
        // Four points are for three taps, phases are of whole pixels, and taps are as many along both axes.
        bool hasThree = (kernel + stride - 1) / stride == 3;
        Assert.Equal(
            hasThree ? ConvolutionMethod.FourPoints : ConvolutionMethod.Direct,
            Chosen(shape, batch, ConvolutionMethod.FourPoints)
        );
        Assert.Equal(
            ConvolutionMethod.Direct,
            Chosen(shape with { KernelWidth = (5 * stride) + 1 }, batch, ConvolutionMethod.SixPoints)
        );
        Assert.Equal(
            ConvolutionMethod.Direct,
            Chosen(ConvolutionShapes.Square(side, 6, 6, 7, 2) with { Groups = 3 }, batch, ConvolutionMethod.SixPoints)
        );
    }

    // Else the tests above would be of plain sums.
    [Fact]
    public void All_shapes_of_these_tests_take_the_points_that_are_asked_for()
    {
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Large)
        {
            Assert.Equal(ConvolutionMethod.SixPoints, Chosen(shape, batch, ConvolutionMethod.SixPoints));
            Assert.Equal(ConvolutionMethod.EightPoints, Chosen(shape, batch, ConvolutionMethod.EightPoints));
        }
    }

    private static unsafe ConvolutionMethod Chosen(ConvolutionShape shape, int batch, ConvolutionMethod method)
    {
        var operands = new ConvolutionOperands
        {
            Shape = shape,
            Batch = batch,
            YStride = shape.OutputChannels,
        };
        PatchGrid grid = ForwardConvolution<float, Lanes1>.Grid(operands, 0);
        return WinogradChoice.ForProduct(grid, shape.OutputChannels, method);
    }

    private static ConvolutionCase Case(
        ConvolutionShape shape,
        int batch,
        Func<int, int, GuardedFloats> values,
        int points
    ) => new(shape, batch, values) { Method = WinogradShapes.Method(points) };
}
