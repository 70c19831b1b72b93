using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Convolution.Winograd;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

public sealed class WinogradConvolutionTests
{
    public static TheoryData<string> Kinds => ["forward", "bias", "packed", "input", "add", "weights"];

    // Whole numbers and factors of 1/2: nothing is rounded, so a wrong border, lane or sign cannot hide in a tolerance.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_size_is_exact_on_every_width(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Small)
        {
            using ConvolutionCase convolution = Case(shape, batch, GuardedFloats.Whole);
            double[] exact = convolution.Expected(kind);
            convolution.AssertExact<Vector512<float>, Lanes16>(kind, pool, exact);
            convolution.AssertExact<Vector256<float>, Lanes8>(kind, pool, exact);
            convolution.AssertExact<Vector128<float>, Lanes4>(kind, pool, exact);
            convolution.AssertExact<float, Lanes1>(kind, pool, exact);
        }
    }

    // The transforms make numbers of both signs larger before they cancel: Lavin and Gray find the errors of F(2x2, 3x3) near those of
    // the plain sum. Measured here: 0.6 times (the plain sum is one chain nine times as long), and 1.3 to 2.3 times for weights. Four times shows a lost digit.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rounding_errors_are_near_those_of_the_plain_sum(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Layers)
        {
            using ConvolutionCase direct = new(shape, batch, GuardedFloats.Uniform)
            {
                Method = ConvolutionMethod.Direct,
            };
            using ConvolutionCase tiled = Case(shape, batch, GuardedFloats.Uniform);
            double[] exact = direct.Expected(kind);
            double plain = Error(direct.Run<Vector512<float>, Lanes16>(kind, pool), exact);
            double winograd = Error(tiled.Run<Vector512<float>, Lanes16>(kind, pool), exact);
            Assert.True(winograd <= 4 * plain, $"{kind}, batch {batch}, {shape}: {winograd} against {plain}.");
        }
    }

    // Root of the mean square, relative to that of the result.
    private static double Error(float[] result, double[] exact)
    {
        double errors = result.Zip(exact, (r, e) => (r - e) * (r - e)).Sum();
        return Math.Sqrt(errors / exact.Sum(e => e * e));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bits_do_not_depend_on_the_threads(string kind)
    {
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Layers)
        {
            using ConvolutionCase convolution = Case(shape, batch, GuardedFloats.Uniform);
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

    [Theory]
    [InlineData(32, 56, 64, 192, true)]
    [InlineData(32, 14, 96, 128, true)]
    [InlineData(32, 7, 192, 320, true)]
    [InlineData(1, 14, 128, 128, true)]
    [InlineData(32, 3, 256, 256, false)]
    [InlineData(64, 1, 64, 64, false)]
    [InlineData(1, 7, 192, 320, false)]
    [InlineData(32, 28, 3, 16, false)]
    [InlineData(128, 32, 8, 64, false)]
    public void It_is_chosen_where_it_takes_less(int batch, int side, int inputs, int outputs, bool chosen)
    {
        ConvolutionShape shape = ConvolutionShapes.Square(side, inputs, outputs, 3, 1);
        Assert.Equal(chosen, IsChosen(shape, batch, ConvolutionMethod.ByShape));
        Assert.True(IsChosen(shape, batch, ConvolutionMethod.Winograd));
        Assert.False(IsChosen(shape, batch, ConvolutionMethod.Direct));
        Assert.False(IsChosen(shape with { StrideX = 2 }, batch, ConvolutionMethod.Winograd));
        Assert.False(
            IsChosen(ConvolutionShapes.Square(side, inputs, outputs, 5, 1), batch, ConvolutionMethod.Winograd)
        );
    }

    private static unsafe bool IsChosen(ConvolutionShape shape, int batch, ConvolutionMethod method)
    {
        var operands = new ConvolutionOperands
        {
            Shape = shape,
            Batch = batch,
            YStride = shape.OutputChannels,
        };
        PatchGrid grid = ForwardConvolution<float, Lanes1>.Grid(operands, 0);
        bool product = WinogradChoice.ForProduct(grid, shape.OutputChannels, method);
        Assert.Equal(product, WinogradChoice.ForWeights(grid, shape.OutputChannels, method));
        return product;
    }

    private static ConvolutionCase Case(ConvolutionShape shape, int batch, Func<int, int, GuardedFloats> values) =>
        new(shape, batch, values) { Method = ConvolutionMethod.Winograd };
}
