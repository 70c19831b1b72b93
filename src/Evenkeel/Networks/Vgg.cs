using Evenkeel.Graphs;

namespace Evenkeel.Networks;

/// <summary>Plain stacks of 3x3 convolutions, each stage ended by a 2x2 maximum.</summary>
public static class Vgg
{
    /// <summary>Builds the network for images of shape [size, size, 3].</summary>
    /// <param name="stages">Filters of the convolutions of each stage, for instance [[64], [128], [256, 256]].</param>
    /// <param name="classes">Classes.</param>
    /// <param name="size">Height and width of the images; halved by each stage.</param>
    /// <param name="batchNorm">Batch normalisation in front of every rectifier.</param>
    /// <param name="convention">What the statistics mean; null for the default.</param>
    public static Graph Create(
        IReadOnlyList<int[]> stages,
        int classes = 10,
        int size = 32,
        bool batchNorm = true,
        BatchNormConvention? convention = null
    )
    {
        ArgumentNullException.ThrowIfNull(stages);
        Network network = Network.Input(size, size, 3);
        foreach (int filters in stages.Select(stage => stage.Append(0)).SelectMany(stage => stage))
        {
            if (filters == 0)
            {
                network.MaxPool(2, 2);
                continue;
            }

            network.Conv2d(filters, 3, 1, 1, bias: !batchNorm, initializer: new FanInNormalInitializer(Math.Sqrt(2)));
            if (batchNorm)
                network.BatchNorm(convention);
            network.Relu();
        }

        return network.Flatten().Linear(classes).Build();
    }
}
