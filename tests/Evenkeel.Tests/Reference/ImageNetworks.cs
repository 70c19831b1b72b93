namespace Evenkeel.Tests.Reference;

/// <summary>Small networks with the structures of the large ones.</summary>
internal static class ImageNetworks
{
    /// <summary>An Inception module of four branches between two convolutions, [6, 6, 3] to 3 classes.</summary>
    public static Graph Module(int stride, bool batchNorm)
    {
        Network network = Network.Input(6, 6, 3);
        Unit(network, 4, 3, 1);
        network.Concat(
            "joined",
            b => Unit(b, 3, 1, stride),
            b =>
            {
                Unit(b, 2, 1, 1);
                Unit(b, 3, 3, stride);
            },
            b =>
            {
                b.AveragePool(3, stride, 1);
                Unit(b, 2, 1, 1);
            },
            b => b.MaxPool(3, stride, 1)
        );
        Unit(network, 4, 3, 1);
        return network.GlobalAveragePool().Linear(3).Build();

        void Unit(Network n, int filters, int kernel, int step)
        {
            n.Conv2d(filters, kernel, step, kernel / 2, bias: !batchNorm);
            (batchNorm ? n.BatchNorm() : n).Relu();
        }
    }

    /// <summary>Two residual blocks, the second with a shortcut that shrinks, [6, 6, 3] to 3 classes.</summary>
    public static Graph Residual()
    {
        Network network = Network.Input(6, 6, 3).Conv2d(4, 3, 1, 1).BatchNorm().Relu();
        network.Residual(null, main => main.Conv2d(4, 3, 1, 1).BatchNorm().Relu().Conv2d(4, 3, 1, 1).BatchNorm());
        network.Relu();
        network.Residual(
            null,
            main => main.Conv2d(5, 3, 2, 1).BatchNorm().Relu().Conv2d(5, 3, 1, 1).BatchNorm(),
            shortcut => shortcut.Conv2d(5, 1, 2).BatchNorm()
        );
        return network.Relu().GlobalAveragePool().Linear(3).Build();
    }
}
