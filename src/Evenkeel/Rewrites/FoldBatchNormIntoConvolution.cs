using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// In plans that only infer: batch normalisation is an affine map by then and goes into the weights of the convolution before it
/// (paper, Algorithm 2, line 11). The weights are folded at each run, so the plan follows a model that still trains.
/// </summary>
internal sealed class FoldBatchNormIntoConvolution() : RewriteRule("fold-batchnorm-into-convolution")
{
    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not BatchNormOperation norm || options.Mode != PlanMode.Inference)
            return RewriteMatch.NotConcerned;
        Node source = graph[node.Inputs[0]];
        if (source.Layer is not ConvolutionOperation { Folded: null, Fused: null } convolution)
            return RewriteMatch.NotConcerned;
        if (norm.MixesExamples)
            return RewriteMatch.Declines("it normalises with batch statistics");
        if (norm.Layer.PerActivation)
            return RewriteMatch.Declines("each position has another factor");
        if (graph.SharesParameters(node.Name))
            return RewriteMatch.Declines("another layer uses its scale and shift too");
        if (graph.Reads(source.Name) > 1 || graph.IsOutput(source.Name))
            return RewriteMatch.Declines($"{source.Name} is read elsewhere too");
        if (options.Observes(source.Name, node.Name))
            return RewriteMatch.Observed;
        ConvolutionOperation folded = convolution with
        {
            Folded = new FoldedNorm(node.Name, norm.Layer.Convention.Epsilon),
            Fused = norm.Fused,
        };
        return RewriteMatch.Applies(
            $"into the weights of {source.Name}",
            () => graph.Replace(source.Name, folded).Bypass(node.Name)
        );
    }
}
