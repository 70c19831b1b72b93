using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Networks;

/// <summary>The stem's first convolution.</summary>
public enum InceptionStem
{
    /// <summary>A 7x7 convolution.</summary>
    Plain,

    /// <summary>A 7x7 depthwise convolution with multiplier 8, then a 1x1 convolution (the paper's "convolution*").</summary>
    Separable,

    /// <summary>For images below 96: a 3x3 convolution of stride 1 and no pooling behind it, so that 32x32 keeps 4x4 to the end.</summary>
    Small,
}

/// <summary>What the network is to be like.</summary>
public sealed record BnInceptionOptions
{
    /// <summary>Height and width of the images, 32 or more.</summary>
    public int Size { get; init; } = 224;

    /// <summary>Classes.</summary>
    public int Classes { get; init; } = 1000;

    /// <summary>Factor on the channels of every layer but the last; 1 is the paper's.</summary>
    public double Width { get; init; } = 1;

    /// <summary>Batch normalisation in front of every nonlinearity; without it convolutions keep a bias.</summary>
    public bool BatchNorm { get; init; } = true;

    /// <summary>Local response normalisation in the stem, as the original Inception has it.</summary>
    public bool LocalResponseNorm { get; init; }

    /// <summary>Dropout before the classifier, 0 for none; the original Inception has 0.4.</summary>
    public float Dropout { get; init; }

    /// <summary>The stem's first convolution.</summary>
    public InceptionStem Stem { get; init; } = InceptionStem.Plain;

    /// <summary>
    /// Channels of the projections of 4c and 4d: Figure 5 of the paper lists 128, which contradicts its own output of 576 channels;
    /// 96 makes 576, 128 makes 608.
    /// </summary>
    public int LateProjection { get; init; } = 96;

    /// <summary>The nonlinearity.</summary>
    public Activation Activation { get; init; } = new Relu();

    /// <summary>How convolutions begin; null: Gaussians of variance 2 / inputs.</summary>
    public Initializer? Initializer { get; init; }

    /// <summary>What the statistics mean; null for the default.</summary>
    public BatchNormConvention? Convention { get; init; }
}

/// <summary>The Inception variant of Ioffe &amp; Szegedy 2015, Figure 5, with and without batch normalisation.</summary>
public static class BnInception
{
    private static readonly InceptionModule[] Modules =
    [
        new("3a", 64, 64, 64, 64, 96, InceptionPool.Average, 32, 1),
        new("3b", 64, 64, 96, 64, 96, InceptionPool.Average, 64, 1),
        new("3c", 0, 128, 160, 64, 96, InceptionPool.Max, 0, 2),
        new("4a", 224, 64, 96, 96, 128, InceptionPool.Average, 128, 1),
        new("4b", 192, 96, 128, 96, 128, InceptionPool.Average, 128, 1),
        new("4c", 160, 128, 160, 128, 160, InceptionPool.Average, 0, 1),
        new("4d", 96, 128, 192, 160, 192, InceptionPool.Average, 0, 1),
        new("4e", 0, 128, 192, 192, 256, InceptionPool.Max, 0, 2),
        new("5a", 352, 192, 320, 160, 224, InceptionPool.Average, 128, 1),
        new("5b", 352, 192, 320, 192, 224, InceptionPool.Max, 128, 1),
    ];

    /// <summary>Builds the network for images of shape [size, size, 3].</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static Graph Create(BnInceptionOptions? options = null)
    {
        options ??= new BnInceptionOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Size, 32);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Classes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LateProjection, 1);
        if (!(options.Width > 0 && options.Width <= 8))
            throw new ArgumentOutOfRangeException(nameof(options), options.Width, "The width must be in (0, 8].");
        var blocks = new ConvolutionBlocks(options);
        Network network = Network.Input(options.Size, options.Size, 3);
        Stem(network, blocks, options);
        foreach (InceptionModule module in Modules)
        {
            bool late = module.Name is "4c" or "4d";
            (late ? module with { Projection = options.LateProjection } : module).Append(network, blocks);
        }

        network.GlobalAveragePool();
        if (options.Dropout > 0)
            network.Dropout(options.Dropout);
        return network.Linear(options.Classes, initializer: new FanInNormalInitializer(1), name: "head").Build();
    }

    private static void Stem(Network network, ConvolutionBlocks blocks, BnInceptionOptions options)
    {
        if (options.Stem == InceptionStem.Separable)
        {
            network.Conv2d(
                24,
                7,
                2,
                3,
                bias: false,
                groups: 3,
                initializer: blocks.Initializer,
                name: "conv1.depthwise"
            );
            blocks.Append(network, "conv1", 64, 1);
        }
        else
        {
            bool small = options.Stem == InceptionStem.Small;
            blocks.Append(network, "conv1", 64, small ? 3 : 7, small ? 1 : 2);
        }

        if (options.Stem != InceptionStem.Small)
            network.MaxPool(3, 2, 1, "pool1");
        if (options.LocalResponseNorm)
            network.Add(new LocalResponseNorm(), "norm1");
        blocks.Append(network, "conv2.reduce", 64, 1);
        blocks.Append(network, "conv2", 192, 3);
        if (options.LocalResponseNorm)
            network.Add(new LocalResponseNorm(), "norm2");
        network.MaxPool(3, 2, 1, "pool2");
    }
}
