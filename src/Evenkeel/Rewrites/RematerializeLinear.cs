using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>
/// Computes a product of a few channels again for the backward pass of the normalisation behind it, instead of keeping it: a sequence of single
/// pixels takes less time so than it takes to write them to memory and to read them back.
/// </summary>
internal sealed class RematerializeLinear() : RewriteRule("rematerialize-linear")
{
    // With more, the product takes longer than memory does.
    private const int MaxInputs = 4;

    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (node.Layer is not LinearOperation { Recomputes: false } linear || options.Mode != PlanMode.Training)
            return RewriteMatch.NotConcerned;
        if (graph.Consumers(node.Name) is not [{ Layer: BatchNormOperation { UsesBatch: true } }])
            return RewriteMatch.NotConcerned;
        int inputs = graph.ShapeOf(node.Inputs[0]).Channels;
        if (inputs > MaxInputs || linear.Layer.Units <= inputs)
            return RewriteMatch.NotConcerned;
        return graph.IsOutput(node.Name) || options.Observes(node.Name)
            ? RewriteMatch.Declines("the value is read after the run")
            : RewriteMatch.Applies(
                $"a product of {inputs} channels; computed again for the normalisation's gradient",
                () => graph.Replace(node.Name, linear with { Recomputes = true })
            );
    }
}
