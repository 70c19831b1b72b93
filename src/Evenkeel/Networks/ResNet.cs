namespace Evenkeel.Networks;

/// <summary>
/// The residual networks for ImageNet (He et al. 2016, table 1), with the stride of a bottleneck in its 3x3 convolution, as PyTorch's
/// users have them; tensors carry the names of their state files (<c>layer1.0.conv1.weight</c>), which can be read and written.
/// </summary>
public static class ResNet
{
    private static readonly Dictionary<int, int[]> Blocks = new()
    {
        [18] = [2, 2, 2, 2],
        [34] = [3, 4, 6, 3],
        [50] = [3, 4, 6, 3],
        [101] = [3, 4, 23, 3],
        [152] = [3, 8, 36, 3],
    };

    // From this depth on a block is a bottleneck of 1x1, 3x3 and 1x1, which makes four times the channels.
    private const int Bottlenecks = 50;
    private const int Widening = 4;

    /// <summary>The depths that exist: 18, 34, 50, 101, 152.</summary>
    public static IReadOnlyCollection<int> Depths => Blocks.Keys;

    /// <summary>Builds the network for images of shape [size, size, 3].</summary>
    /// <param name="depth">One of <see cref="Depths"/>.</param>
    /// <param name="classes">Classes, 1 or more.</param>
    /// <param name="size">Height and width of the images, 32 or more.</param>
    /// <param name="channels">Channels of the first stage; each later one has twice as many.</param>
    /// <param name="convention">What the statistics mean; null for the default, which is PyTorch's.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such depth, or a size is out of range.</exception>
    public static Graph Create(
        int depth,
        int classes = 1000,
        int size = 224,
        int channels = 64,
        BatchNormConvention? convention = null
    )
    {
        if (!Blocks.TryGetValue(depth, out int[]? blocks))
            throw new ArgumentOutOfRangeException(
                nameof(depth),
                depth,
                $"It must be one of {string.Join(", ", Depths)}."
            );
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Network network = Network.Input(size, size, 3);
        ResidualBlocks.Convolution(network, "1", channels, 7, 2, convention).Relu("relu").MaxPool(3, 2, 1, "maxpool");
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            for (int block = 0; block < blocks[stage]; block++)
            {
                var shape = new Block(channels << stage, stage > 0 && block == 0 ? 2 : 1, depth >= Bottlenecks);
                network.Scope($"layer{stage + 1}.{block}", n => Append(n, shape, convention));
            }
        }

        return network.GlobalAveragePool("avgpool").Linear(classes, name: "fc").Build();
    }

    private static void Append(Network network, Block block, BatchNormConvention? convention)
    {
        bool changes = block.Stride > 1 || network.Shape.Channels != block.Outputs;
        network.Residual(
            "sum",
            main =>
            {
                if (!block.Bottleneck)
                {
                    ResidualBlocks.Plain(main, block.Channels, block.Stride, convention);
                    return;
                }

                ResidualBlocks.Convolution(main, "1", block.Channels, 1, 1, convention).Relu("relu1");
                ResidualBlocks.Convolution(main, "2", block.Channels, 3, block.Stride, convention).Relu("relu2");
                ResidualBlocks.Convolution(main, "3", block.Outputs, 1, 1, convention);
            },
            shortcut =>
            {
                if (changes)
                    ResidualBlocks.Shortcut(shortcut, block.Outputs, block.Stride, convention);
            }
        );
        network.Relu("relu");
    }

    private readonly record struct Block(int Channels, int Stride, bool Bottleneck)
    {
        public int Outputs => Bottleneck ? Channels * Widening : Channels;
    }
}
