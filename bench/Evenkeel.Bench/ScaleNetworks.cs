namespace Evenkeel.Bench;

/// <summary>Networks of any number of nodes and next to no values, in the shapes that graphs of real networks have.</summary>
internal static class ScaleNetworks
{
    private const int Channels = 2;

    /// <summary>The networks by name: what makes one of about so many nodes, and the most that are asked of it.</summary>
    public static IReadOnlyList<(string Name, Func<int, Graph> Make, int Most)> All { get; } =
    [
        ("chain of convolution and ReLU", Chain, 100_000),
        ("chain of convolution, batch normalisation and ReLU", Normalized, 100_000),
        ("chain of residual blocks", Residual, 100_000),
        ("one value read by all, joined by one concatenation", Fan, 10_000),
    ];

    private static Graph Chain(int nodes)
    {
        Network network = Network.Input(1, 1, Channels);
        for (int i = 0; i < nodes / 2; i++)
            network = network.Conv2d(Channels, 1).Relu();
        return network.Build();
    }

    private static Graph Normalized(int nodes)
    {
        Network network = Network.Input(1, 1, Channels);
        for (int i = 0; i < nodes / 3; i++)
            network = network.Conv2d(Channels, 1, bias: false).BatchNorm().Relu();
        return network.Build();
    }

    private static Graph Residual(int nodes)
    {
        Network network = Network.Input(1, 1, Channels);
        for (int i = 0; i < nodes / 4; i++)
            network = network.Residual(null, b => b.Conv2d(Channels, 1, bias: false).BatchNorm()).Relu();
        return network.Build();
    }

    private static Graph Fan(int nodes)
    {
        Network network = Network.Input(1, 1, Channels).Conv2d(Channels, 1);
        Action<Network>[] branches = new Action<Network>[(nodes - 2) / 3];
        Array.Fill(branches, b => b.Conv2d(Channels, 1, bias: false).BatchNorm().Relu());
        return network.Concat(null, branches).Build();
    }
}
