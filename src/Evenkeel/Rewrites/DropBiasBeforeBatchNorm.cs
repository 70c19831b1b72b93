using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Planning;

namespace Evenkeel.Rewrites;

/// <summary>
/// A bias in front of batch normalisation is cancelled by the mean subtraction and its role taken by beta (paper, section 3.2).
/// </summary>
public sealed class DropBiasBeforeBatchNorm : IRewriteRule
{
    /// <inheritdoc/>
    public string Name => "drop-bias-before-batchnorm";

    /// <inheritdoc/>
    public RewriteMatch Match(Graph graph, Node node, PlanOptions? options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Layer is not (Linear { Bias: true } or Conv2d { Bias: true }))
            return RewriteMatch.NotConcerned;
        Node[] consumers = [.. graph.Consumers(node.Name)];
        if (!consumers.Any(c => c.Layer is BatchNorm))
            return RewriteMatch.NotConcerned;
        if (consumers.Length > 1 || graph.OutputName == node.Name)
            return RewriteMatch.Declines("the biased value is read elsewhere too");
        return consumers[0].Layer is BatchNorm { NormalizeWith: StatisticsSource.Running }
            ? RewriteMatch.Declines("frozen statistics do not cancel a bias")
            : RewriteMatch.Applies($"cancelled by the mean of {consumers[0].Name}");
    }

    /// <inheritdoc/>
    public Graph Apply(Graph graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        Layer without = node.Layer switch
        {
            Conv2d convolution => convolution with { Bias = false },
            _ => (Linear)node.Layer with { Bias = false },
        };
        return graph.Replace(node.Name, without);
    }
}
