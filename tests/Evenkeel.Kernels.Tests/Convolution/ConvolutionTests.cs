using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;
using Conv = Evenkeel.Kernels.Convolution.Convolution;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

public sealed class ConvolutionTests
{
    private static readonly string[] _kinds = ["forward", "bias", "packed", "input", "add", "weights"];

    public static TheoryData<string> Kinds => [.. _kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_shape_is_exact_on_every_width(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Small)
        {
            using var convolution = new ConvolutionCase(shape, batch, GuardedFloats.Whole)
            {
                Method = ConvolutionMethod.Direct,
            };
            double[] exact = convolution.Expected(kind);
            convolution.AssertExact<Vector512<float>, Lanes16>(kind, pool, exact);
            convolution.AssertExact<Vector256<float>, Lanes8>(kind, pool, exact);
            convolution.AssertExact<Vector128<float>, Lanes4>(kind, pool, exact);
            convolution.AssertExact<float, Lanes1>(kind, pool, exact);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rounding_errors_stay_within_the_bound(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Layers)
        {
            using var convolution = new ConvolutionCase(shape, batch, GuardedFloats.Uniform)
            {
                Method = ConvolutionMethod.Direct,
            };
            float[] result = convolution.Run<Vector512<float>, Lanes16>(kind, pool);
            double[] exact = convolution.Expected(kind);
            double[] magnitude = convolution.Magnitude(kind);

            // A chain of d fused multiply-adds is off by gamma_d = d u / (1 - d u) of the sum of |a| |b| at most (Higham,
            // Accuracy and Stability of Numerical Algorithms, section 3.1); the bias or dx adds one term below 4.
            double du = (convolution.Depth(kind) + 2) * Math.Pow(2, -24);
            for (int i = 0; i < result.Length; i++)
            {
                if (!(Math.Abs(result[i] - exact[i]) <= du / (1 - du) * (magnitude[i] + 4)))
                    Assert.Fail($"{kind}, batch {batch}, {shape}: {i} is {result[i]}, not {exact[i]}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bits_do_not_depend_on_the_threads(string kind)
    {
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Layers)
        {
            using var convolution = new ConvolutionCase(shape, batch, GuardedFloats.Uniform)
            {
                Method = ConvolutionMethod.Direct,
            };
            using WorkerPool serial = WorkerPool.Serial();
            float[] expected = convolution.Run<Vector512<float>, Lanes16>(kind, serial);
            foreach (int threads in new[] { 2, 3, 8 })
            {
                using var pool = new WorkerPool(threads);
                float[] result = convolution.Run<Vector512<float>, Lanes16>(kind, pool);
                Assert.True(result.AsSpan().SequenceEqual(expected), $"{kind}, {threads} threads, {shape}");
            }
        }
    }

    [Theory]
    [InlineData(1, 5, 9)]
    [InlineData(3, 5, 9)]
    [InlineData(3, 64, 41)]
    public void Outputs_go_to_their_channels_of_wider_rows_and_nowhere_else(int kernel, int inputs, int outputs)
    {
        using var pool = new WorkerPool(2);
        ConvolutionShape shape = ConvolutionShapes.Square(7, inputs, outputs, kernel, 1);
        using var convolution = new ConvolutionCase(shape, 3, GuardedFloats.Whole);
        using GuardedFloats bias = GuardedFloats.Whole(outputs, 7);
        int stride = outputs + 5;
        int rows = 3 * 7 * 7;
        using var wide = new GuardedFloats(((rows - 1) * stride) + outputs);
        wide.Span.Fill(0.5f);
        Conv.ForwardWithBias(
            pool,
            default(Identity),
            shape,
            3,
            convolution.X.Span,
            new(convolution.W.Span, bias.Span),
            wide.Span,
            stride
        );
        wide.AssertCanaries();
        double[] exact = convolution.Expected("forward");
        for (int i = 0; i < wide.Length; i++)
        {
            (int row, int channel) = Math.DivRem(i, stride);
            // Whole numbers, of which factors that are not whole may leave some ten-thousandths.
            if (channel < outputs)
                Assert.InRange(wide.Span[i] - exact[(row * outputs) + channel] - bias.Span[channel], -1e-3, 1e-3);
            else
                Assert.Equal(0.5f, wide.Span[i]);
        }
    }

    [Fact]
    public void An_empty_batch_has_zero_weight_gradients()
    {
        using WorkerPool pool = WorkerPool.Serial();
        ConvolutionShape shape = ConvolutionShapes.Square(4, 2, 3, 3, 1);
        float[] dw = new float[shape.Weights];
        Array.Fill(dw, 1f);
        Conv.GradientToWeights(pool, shape, 0, [], [], dw);
        Assert.All(dw, value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Wrong_sizes_are_named()
    {
        using WorkerPool pool = WorkerPool.Serial();
        ConvolutionShape shape = ConvolutionShapes.Square(4, 2, 3, 3, 1);
        (float[] x, float[] w, float[] y) = (new float[32], new float[54], new float[48]);
        AssertNames("y holds 47", () => Conv.Forward(pool, shape, 1, x, w, new float[47]));
        AssertNames("w holds 53", () => Conv.Forward(pool, shape, 1, x, new float[53], y));
        AssertNames("batch must be 0", () => Conv.Forward(pool, shape, -1, x, w, y));
        AssertNames("dx holds 31", () => Conv.GradientToInput(pool, shape, 1, y, w, new float[31]));
        AssertNames("dy holds 47", () => Conv.GradientToInput(pool, shape, 1, new float[47], w, x, accumulates: true));
        AssertNames("dw holds 53", () => Conv.GradientToWeights(pool, shape, 1, x, y, new float[53]));
        AssertNames(
            "bias holds 2",
            () => Conv.ForwardWithBias(pool, default(Relu), shape, 1, x, new(w, new float[2]), y, 3)
        );
        AssertNames(
            "stride of 2",
            () => Conv.ForwardWithBias(pool, default(Relu), shape, 1, x, new(w, new float[3]), y, 2)
        );
        AssertNames(
            "empty batch",
            () => Conv.ForwardWithStatistics(pool, shape, 0, [], w, [], new ChannelMoments(new double[7]))
        );
        AssertNames("StrideY", () => Conv.Forward(pool, shape with { StrideY = 0 }, 1, x, w, y));
        AssertNames("2 groups", () => Conv.Forward(pool, shape with { Groups = 2 }, 1, x, w, y));
    }

    [Fact]
    public void Nothing_is_allocated_per_call()
    {
        using var pool = new WorkerPool(2);
        AssertNothingIsAllocated(pool, ConvolutionShapes.Square(14, 20, 40, 3, 2));
        AssertNothingIsAllocated(pool, ConvolutionShapes.Square(14, 40, 40, 3, 1));
    }

    private static void AssertNothingIsAllocated(WorkerPool pool, ConvolutionShape shape)
    {
        (float[] x, float[] y) = (new float[2 * shape.InputImage], new float[2 * shape.Positions * 40]);
        (float[] w, float[] bias) = (new float[shape.Weights], new float[40]);
        double[] moments = new double[ChannelMoments.Length(40)];
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                Conv.Forward(pool, shape, 2, x, w, y);
                Conv.ForwardWithBias(pool, default(Relu), shape, 2, x, new(w, bias), y, 40);
                Conv.ForwardWithStatistics(pool, shape, 2, x, w, y, new ChannelMoments(moments));
                Conv.GradientToInput(pool, shape, 2, y, w, x);
                Conv.GradientToInput(pool, shape, 2, y, w, x, accumulates: true);
                Conv.GradientToWeights(pool, shape, 2, x, y, w);
            })
        );
    }

    private static void AssertNames(string part, Action action) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
}
