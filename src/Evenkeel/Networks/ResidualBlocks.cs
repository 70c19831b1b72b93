using Evenkeel.Graphs;

namespace Evenkeel.Networks;

/// <summary>What residual networks are made of. Convolutions are padded by half their kernel, without bias, with weights of variance 2 / inputs.</summary>
internal static class ResidualBlocks
{
    /// <summary>A convolution and its batch normalisation, <c>conv1</c> and <c>bn1</c>.</summary>
    public static Network Convolution(
        Network network,
        string number,
        int filters,
        int kernel,
        int stride,
        BatchNormConvention? convention
    ) => Append(network, $"conv{number}", filters, kernel, stride).BatchNorm(convention, $"bn{number}");

    /// <summary>Two 3x3 convolutions.</summary>
    public static void Plain(Network main, int filters, int stride, BatchNormConvention? convention)
    {
        Convolution(main, "1", filters, 3, stride, convention).Relu("relu1");
        Convolution(main, "2", filters, 3, 1, convention);
    }

    /// <summary>A 1x1 convolution beside them, where the shape changes.</summary>
    public static void Shortcut(Network shortcut, int filters, int stride, BatchNormConvention? convention) =>
        Append(shortcut, "downsample.0", filters, 1, stride).BatchNorm(convention, "downsample.1");

    private static Network Append(Network network, string name, int filters, int kernel, int stride) =>
        network.Conv2d(
            filters,
            kernel,
            stride,
            kernel / 2,
            bias: false,
            initializer: new FanInNormalInitializer(Math.Sqrt(2)),
            name: name
        );
}
