using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Gathers the batch statistics of batch normalisation while the convolution before it makes its output, so that the values are not
/// read once more.
/// </summary>
internal sealed class GatherStatisticsInConvolution() : RewriteRule("gather-statistics-in-convolution")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not BatchNormOperation { StatisticsGiven: false, UsesBatch: true } norm)
            return RewriteMatch.NotConcerned;
        if (options.Mode == PlanMode.Inference)
            return RewriteMatch.NotConcerned;
        Node source = graph[node.Inputs[0]];
        if (source.Layer is not ConvolutionOperation convolution)
            return RewriteMatch.NotConcerned;
        if (norm.Layer.Masked)
            return RewriteMatch.Declines("a mask leaves examples out");
        if (norm.Layer.PerActivation)
            return RewriteMatch.Declines("each position has separate statistics");
        if (convolution.StatisticsFor is not null)
            return RewriteMatch.Declines($"{source.Name} gathers them for {convolution.StatisticsFor} already");
        if (convolution.Layer.Bias || convolution.Layer.Groups > 1)
            return RewriteMatch.Declines(
                convolution.Layer.Bias ? $"{source.Name} has a bias" : $"{source.Name} is grouped"
            );
        return RewriteMatch.Applies(
            $"gathered while {source.Name} makes its output",
            () =>
                graph
                    .Replace(source.Name, convolution with { StatisticsFor = node.Name })
                    .Replace(node.Name, norm with { StatisticsGiven = true })
        );
    }
}
