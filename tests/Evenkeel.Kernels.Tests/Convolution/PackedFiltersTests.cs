using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;
using Conv = Evenkeel.Kernels.Convolution.Convolution;

namespace Evenkeel.Kernels.Tests.Convolution;

public sealed class PackedFiltersTests
{
    private static readonly ConvolutionShape Shape = new()
    {
        Height = 9,
        Width = 7,
        InputChannels = 24,
        OutputChannels = 40,
        KernelHeight = 3,
        KernelWidth = 3,
        PadTop = 1,
        PadLeft = 1,
        OutputHeight = 9,
        OutputWidth = 7,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void An_image_gives_the_same_bits_in_any_batch(int usual)
    {
        using var pool = new WorkerPool(2);
        float[] w = Values((int)Shape.Weights, 1),
            bias = Values(Shape.OutputChannels, 2);
        using PackedFilters packed = PackedFilters.Pack(pool, Shape, usual, w);
        int image = (int)Shape.InputImage,
            made = (int)(Shape.Positions * Shape.OutputChannels);
        float[] x = Values(5 * image, 3),
            all = new float[5 * made],
            one = new float[made];
        Conv.ForwardPacked(pool, default(Relu), 5, x, packed, bias, all, Shape.OutputChannels);
        for (int i = 0; i < 5; i++)
        {
            Conv.ForwardPacked(
                pool,
                default(Relu),
                1,
                x.AsSpan(i * image, image),
                packed,
                bias,
                one,
                Shape.OutputChannels
            );
            Assert.Equal(all[(i * made)..((i + 1) * made)], one);
        }
    }

    // A linear layer is a convolution of 1x1 on maps of one pixel, or of as many as it has positions.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Packed_weights_of_a_linear_layer_give_the_bits_of_the_product(int threads)
    {
        using var pool = new WorkerPool(threads);
        foreach (int inputs in (int[])[1, 7, 130, 1024])
        {
            foreach (int outputs in (int[])[1, 15, 16, 33, 64, 300])
            {
                foreach (int rows in (int[])[1, 2, 14, 29])
                    AssertProduct(pool, rows, inputs, outputs);
            }
        }
    }

    private static void AssertProduct(WorkerPool pool, int rows, int inputs, int outputs)
    {
        var shape = new ConvolutionShape
        {
            Height = rows,
            Width = 1,
            InputChannels = inputs,
            OutputChannels = outputs,
            KernelHeight = 1,
            KernelWidth = 1,
            OutputHeight = rows,
            OutputWidth = 1,
        };
        float[] x = Values(2 * rows * inputs, 1),
            w = Values(inputs * outputs, 2),
            bias = Values(outputs, 3),
            expected = new float[2 * rows * outputs],
            actual = new float[2 * rows * outputs];
        MatrixProduct.ForwardWithBias(pool, 2 * rows, inputs, outputs, x, w, bias, expected);
        using PackedFilters packed = PackedFilters.Pack(pool, shape, 1, w);
        Conv.ForwardPacked(pool, default(Identity), 2, x, packed, bias, actual, outputs);
        Assert.Equal(expected, actual);
        MatrixProduct.ForwardWithBias(
            pool,
            1,
            inputs,
            outputs,
            x.AsSpan(0, inputs),
            w,
            bias,
            expected.AsSpan(0, outputs)
        );
        Assert.Equal(expected[..outputs], actual[..outputs]);
    }

    // Groups beside each other and one after another, of less than a register's outputs, of one and of several, with and without a rest.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Packed_groups_give_the_bits_of_weights_as_they_are(int threads)
    {
        using var pool = new WorkerPool(threads);
        foreach (
            (int groups, int inputs, int outputs) in ((int, int, int)[])
                [
                    (2, 3, 5),
                    (7, 4, 4),
                    (6, 8, 8),
                    (11, 16, 16),
                    (3, 20, 24),
                    (12, 2, 9),
                    (19, 2, 2),
                    (3, 2, 2),
                    (16, 4, 4),
                ]
        )
        {
            foreach (
                (int kernel, int stride, int side) in ((int, int, int)[])
                    [(3, 1, 7), (3, 1, 14), (3, 2, 15), (1, 1, 6), (5, 1, 12), (3, 1, 40), (5, 3, 17), (3, 1, 1)]
            )
            {
                ConvolutionShape shape = ConvolutionShapes.Square(
                    side,
                    groups * inputs,
                    groups * outputs,
                    kernel,
                    stride
                ) with
                {
                    Groups = groups,
                };
                CheckGroups(pool, shape);
            }
        }
    }

    private static void CheckGroups(WorkerPool pool, in ConvolutionShape shape)
    {
        float[] w = Values((int)shape.Weights, 1),
            bias = Values(shape.OutputChannels, 2),
            x = Values((int)shape.InputImage * 2, 3),
            expected = new float[shape.Positions * 2 * shape.OutputChannels],
            actual = new float[expected.Length];
        using PackedFilters packed = PackedFilters.Pack(pool, shape, 2, w);
        RunAsTheyAre(pool, shape, packed.Method, x, w, bias, expected);
        Conv.ForwardPacked(pool, default(Relu), 2, x, packed, bias, actual, shape.OutputChannels);
        Assert.True(expected.AsSpan().SequenceEqual(actual), $"{shape}");
        bias.AsSpan().Clear();
        Conv.ForwardPacked(pool, default(Relu), 2, x, packed, bias, expected, shape.OutputChannels);
        Conv.ForwardPacked(pool, default(Relu), 2, x, packed, [], actual, shape.OutputChannels);
        Assert.True(expected.AsSpan().SequenceEqual(actual), $"{shape} without bias");
    }

    [Theory]
    [InlineData(1, 14, 128, 128, ConvolutionMethod.SixPoints)]
    [InlineData(1, 7, 192, 320, ConvolutionMethod.FourPoints)]
    [InlineData(1, 3, 256, 256, ConvolutionMethod.Direct)]
    [InlineData(1, 28, 3, 16, ConvolutionMethod.Direct)]
    [InlineData(32, 28, 64, 96, ConvolutionMethod.EightPoints)]
    internal void Transforms_of_packed_weights_are_not_counted(
        int batch,
        int side,
        int inputs,
        int outputs,
        ConvolutionMethod chosen
    )
    {
        using var pool = new WorkerPool(1);
        ConvolutionShape shape = ConvolutionShapes.Square(side, inputs, outputs, 3, 1);
        using PackedFilters packed = PackedFilters.Pack(pool, shape, batch, Values((int)shape.Weights, 1));
        Assert.Equal(chosen, packed.Method);
    }

    // By the same way as packed weights: those that are transformed already pay off for fewer tiles.
    private static unsafe void RunAsTheyAre(
        WorkerPool pool,
        in ConvolutionShape shape,
        ConvolutionMethod method,
        float[] x,
        float[] w,
        float[] bias,
        float[] y
    )
    {
        fixed (float* xs = x)
        fixed (float* ws = w)
        fixed (float* bs = bias)
        fixed (float* ys = y)
        {
            var operands = new ConvolutionOperands
            {
                Shape = shape,
                Batch = 2,
                X = xs,
                Weights = ws,
                Y = ys,
                YStride = shape.OutputChannels,
                Method = method,
            };
            WidestLanes.Run(new ForwardAction(pool, operands, bs));
        }
    }

    private readonly unsafe struct ForwardAction(WorkerPool pool, ConvolutionOperands operands, float* bias)
        : ILanesAction
    {
        public void Run<TLanes, TVec>()
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged => ForwardConvolution<TVec, TLanes>.Run(pool, default(Relu), operands, bias);
    }

    [Fact]
    public void A_run_allocates_nothing_and_no_bias_is_a_bias_of_zero()
    {
        using var pool = new WorkerPool(1);
        float[] w = Values((int)Shape.Weights, 1),
            x = Values((int)Shape.InputImage, 3),
            y = new float[Shape.Positions * Shape.OutputChannels],
            without = new float[y.Length];
        using PackedFilters packed = PackedFilters.Pack(pool, Shape, 1, w);
        float[] zeros = new float[Shape.OutputChannels];
        Conv.ForwardPacked(pool, default(Identity), 1, x, packed, zeros, y, Shape.OutputChannels);
        long bytes = Evenkeel.Testing.Allocations.Least(() =>
            Conv.ForwardPacked(pool, default(Identity), 1, x, packed, [], without, Shape.OutputChannels)
        );
        Assert.Equal(0, bytes);
        Assert.Equal(y, without);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var pool = new WorkerPool(1);
        Assert.Throws<ArgumentException>(() => PackedFilters.Pack(pool, Shape, 1, new float[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedFilters.Pack(pool, Shape, 0, new float[Shape.Weights]));
        PackedFilters packed = PackedFilters.Pack(pool, Shape, 1, new float[Shape.Weights]);
        float[] y = new float[Shape.Positions * Shape.OutputChannels];
        Assert.Throws<ArgumentException>(() =>
            Conv.ForwardPacked(pool, default(Identity), 1, new float[3], packed, [], y, Shape.OutputChannels)
        );
        packed.Dispose();
        Assert.Throws<ObjectDisposedException>(() =>
            Conv.ForwardPacked(
                pool,
                default(Identity),
                1,
                new float[Shape.InputImage],
                packed,
                [],
                y,
                Shape.OutputChannels
            )
        );
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }
}
