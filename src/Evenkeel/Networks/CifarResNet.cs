using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Networks;

/// <summary>
/// The small residual networks for 32x32 images (He et al. 2016, section 4.2): three stages of blocks of two 3x3 convolutions; where
/// a stage halves the image the shortcut is a 1x1 convolution of stride 2.
/// </summary>
public static class CifarResNet
{
    /// <summary>Builds the network for images of shape [size, size, 3].</summary>
    /// <param name="blocksPerStage">Blocks in each of three stages; 3 makes ResNet-20.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="size">Height and width of the images, 4 or more.</param>
    /// <param name="channels">Channels of the first stage; each later one has twice as many.</param>
    /// <param name="convention">What the statistics mean; null for the default.</param>
    public static Graph Create(
        int blocksPerStage = 3,
        int classes = 10,
        int size = 32,
        int channels = 16,
        BatchNormConvention? convention = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocksPerStage, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        Network network = Network.Input(size, size, 3);
        ResidualBlocks.Convolution(network, "1", channels, 3, 1, convention).Relu("relu1");
        for (int stage = 0; stage < 3; stage++)
        {
            for (int block = 0; block < blocksPerStage; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                int filters = channels << stage;
                network.Scope($"layer{stage + 1}.{block}", n => Block(n, filters, stride, convention));
            }
        }

        return network.GlobalAveragePool().Linear(classes, name: "fc").Build();
    }

    /// <summary>
    /// The same network with a bias in place of each batch normalisation. The second convolution of a block begins with weights of variance
    /// 2 / (inputs * blocks), so that the sum over all blocks keeps its size (Hanin and Rolnick 2018).
    /// </summary>
    /// <param name="blocksPerStage">Blocks in each of three stages.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="size">Height and width of the images, 4 or more.</param>
    /// <param name="channels">Channels of the first stage.</param>
    public static Graph CreateWithoutBatchNorm(
        int blocksPerStage = 3,
        int classes = 10,
        int size = 32,
        int channels = 16
    )
    {
        Graph graph = Create(blocksPerStage, classes, size, channels);
        var editor = new GraphEditor(graph);
        var last = new FanInNormalInitializer(Math.Sqrt(2.0 / (3 * blocksPerStage)));
        foreach (Node norm in graph.Nodes.Where(n => n.Layer is BatchNorm))
        {
            string name = norm.Inputs[0];
            Conv2d convolution = (Conv2d)editor[name].Layer with { Bias = true };
            bool endsBlock = name.EndsWith(".conv2", StringComparison.Ordinal);
            editor.Replace(name, endsBlock ? convolution with { Initializer = last } : convolution);
            editor.Bypass(norm.Name);
        }

        return editor.ToGraph();
    }

    private static void Block(Network network, int filters, int stride, BatchNormConvention? convention)
    {
        network.Residual(
            "sum",
            main => ResidualBlocks.Plain(main, filters, stride, convention),
            shortcut =>
            {
                if (stride > 1)
                    ResidualBlocks.Shortcut(shortcut, filters, stride, convention);
            }
        );
        network.Relu("relu2");
    }
}
