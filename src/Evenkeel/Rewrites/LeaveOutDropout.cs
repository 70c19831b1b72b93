using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>Leaves dropout out of plans that do not train, and dropout of rate 0 out of all.</summary>
internal sealed class LeaveOutDropout : IRewriteRule
{
    /// <inheritdoc/>
    public string Name => "leave-out-dropout";

    /// <inheritdoc/>
    public RewriteMatch Match(GraphEditor graph, Node node, PlanOptions? options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        if (node.Layer is not Dropout dropout || options is null)
            return RewriteMatch.NotConcerned;
        if (options.Mode == PlanMode.Training && dropout.Rate > 0)
            return RewriteMatch.NotConcerned;
        if (options.Observes(node.Name))
            return RewriteMatch.Declines("the value is to be observed by name");
        // What is fed in is the caller's and is not kept.
        return graph.IsOutput(node.Name) && graph.Input == node.Inputs[0]
            ? RewriteMatch.Declines("nothing else would be left")
            : RewriteMatch.Applies("the identity here");
    }

    /// <inheritdoc/>
    public void Apply(GraphEditor graph, Node node)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(node);
        graph.Bypass(node.Name);
    }
}
