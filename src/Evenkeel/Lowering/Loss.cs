namespace Evenkeel.Lowering;

/// <summary>What a training plan puts behind a network's output: a loss per row and its gradient, averaged over the batch.</summary>
public abstract record Loss
{
    /// <summary>The network up to the value that the loss takes.</summary>
    internal virtual Graph Logits(Graph graph, PlanOptions options) => graph;

    internal abstract void Forward(LossContext context);

    internal abstract void Backward(LossContext context, BufferId gradient);
}
