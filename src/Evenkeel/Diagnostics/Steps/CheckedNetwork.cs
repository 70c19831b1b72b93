using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Diagnostics.Steps;

/// <summary>A network that is run to compare its steps.</summary>
internal sealed record CheckedNetwork(string Name, PlanMode Mode, int Batch, Graph Graph)
{
    /// <summary>How the parameters are updated.</summary>
    public OptimizerConfig Update { get; init; } = new Sgd();

    /// <summary>What is behind the output where the network trains.</summary>
    public Loss Loss { get; init; } = new SoftmaxCrossEntropy();

    /// <summary>How activations are stored for the backward pass.</summary>
    public ElementType KeepActivations { get; init; }
}
