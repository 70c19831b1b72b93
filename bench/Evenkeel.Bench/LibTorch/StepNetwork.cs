using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;

namespace Evenkeel.Bench.LibTorch;

/// <summary>A network whose training step both sides run.</summary>
/// <param name="Name">What both sides call it.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Batches">Examples of a step, as timed.</param>
/// <param name="CheckedBatch">Examples of the step whose gradients are compared.</param>
/// <param name="BlockSteps">Steps timed in a row.</param>
internal sealed record StepNetwork(string Name, string Title, int[] Batches, int CheckedBatch, int BlockSteps)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<StepNetwork> All { get; } =
    [
        new("mnist", "MNIST", [60], 60, 300),
        new("resnet20", "ResNet-20", [128, 256], 32, 2),
        new("bn-inception", "BN-Inception", [32], 8, 1),
    ];

    /// <summary>The network, for Evenkeel.</summary>
    public Graph Create(bool batchNorm) =>
        Name switch
        {
            "mnist" => MnistNetwork.Create(batchNorm),
            "resnet20" => batchNorm ? CifarResNet.Create() : WithoutBatchNorm(CifarResNet.Create()),
            _ => BnInception.Create(new BnInceptionOptions { BatchNorm = batchNorm }),
        };

    // Convolutions get the bias that normalisation stood for.
    private static Graph WithoutBatchNorm(Graph graph)
    {
        var editor = new GraphEditor(graph);
        foreach (Node norm in graph.Nodes.Where(n => n.Layer is BatchNorm))
        {
            string convolution = norm.Inputs[0];
            editor.Replace(convolution, (Conv2d)editor[convolution].Layer with { Bias = true });
            editor.Bypass(norm.Name);
        }

        return editor.ToGraph();
    }
}
