using Evenkeel.Graphs;

namespace Evenkeel.Networks;

/// <summary>Convolution, batch normalisation if wanted, nonlinearity: the unit that Inception is made of.</summary>
internal sealed class ConvolutionBlocks(BnInceptionOptions options)
{
    // Gaussians of variance 2 / inputs keep the scale of values through rectifiers.
    public Initializer Initializer { get; } = options.Initializer ?? new FanInNormalInitializer(Math.Sqrt(2));

    public void Append(Network network, string name, int filters, int kernel, int stride = 1)
    {
        int scaled = Math.Max(1, (int)Math.Round(filters * options.Width));
        network.Conv2d(
            scaled,
            kernel,
            stride,
            kernel / 2,
            bias: !options.BatchNorm,
            initializer: Initializer,
            name: $"{name}.conv"
        );
        if (options.BatchNorm)
            network.BatchNorm(options.Convention, $"{name}.bn");
        network.Add(options.Activation, $"{name}.act");
    }
}
