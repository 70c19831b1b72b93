using Evenkeel.Graphs;

namespace Evenkeel.Networks;

/// <summary>The convolution of residual networks: padded by half its kernel, no bias, weights of variance 2 / inputs.</summary>
internal static class ResidualConvolution
{
    public static void Append(Network network, string name, int filters, int kernel, int stride) =>
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
