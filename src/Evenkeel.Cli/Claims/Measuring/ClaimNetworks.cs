using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>The small networks that claims are measured on.</summary>
internal static class ClaimNetworks
{
    /// <summary>Units of a hidden layer, as in section 4.1 of the paper.</summary>
    public const int Units = 100;

    private const int Side = 28;

    /// <summary>Linear layers of 100 units on 28 x 28 pixels, each with a normalisation, if there is one, and a nonlinearity.</summary>
    /// <param name="hidden">Hidden layers.</param>
    /// <param name="activation">The nonlinearity.</param>
    /// <param name="norm">Appends the normalisation.</param>
    /// <param name="weights">How the weights begin; null for Gaussians of variance 1 / inputs.</param>
    /// <param name="dropout">Rate of dropout behind each nonlinearity.</param>
    public static Graph Dense(
        int hidden,
        Activation activation,
        Action<Network> norm,
        Initializer? weights = null,
        float dropout = 0
    )
    {
        weights ??= new FanInNormalInitializer(1);
        Network network = Network.Input(Side * Side);
        for (int i = 0; i < hidden; i++)
        {
            norm(network.Linear(Units, initializer: weights));
            network.Add(activation);
            if (dropout > 0)
                network.Dropout(dropout);
        }

        return network.Linear(10, initializer: weights).Build();
    }

    /// <summary>Three convolutions with 16, 32 and 32 maps on 28 x 28 pixels, each with a normalisation and a rectifier.</summary>
    /// <param name="norm">Appends the normalisation.</param>
    public static Graph Convolutional(Action<Network> norm)
    {
        var weights = new FanInNormalInitializer(Math.Sqrt(2));
        Network network = Network.Input(Side * Side).Add(new Reshape(new Shape(Side, Side, 1)));
        foreach (int maps in (int[])[16, 32, 32])
        {
            norm(network.Conv2d(maps, 3, stride: 2, padding: 1, bias: false, initializer: weights));
            network.Relu();
        }

        return network.Flatten().Linear(10).Build();
    }

    /// <summary>No normalisation.</summary>
    public static void Plain(Network network) { }

    /// <summary>Batch normalisation with the default convention.</summary>
    public static void BatchNorm(Network network) => network.BatchNorm();
}
