using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;
using static System.FormattableString;

namespace Evenkeel.Rewrites;

/// <summary>
/// Computes convolutions in front of batch normalisation again in the backward pass, so that their outputs need not be kept: as many as
/// <see cref="PlanOptions.Recompute"/> allows, first those that take least work for the memory they save.
/// </summary>
internal sealed class RematerializeConvolution() : RewriteRule("rematerialize-convolution")
{
    // A value that is read or written takes a core about as long as so many multiplications and additions.
    private const double Move = 64;

    private HashSet<string> _chosen = [];

    // Of the forward pass.
    private double _work;

    /// <inheritdoc/>
    public override RewriteRule For(GraphEditor graph, PlanOptions options) =>
        IsAskedFor(options) ? Choose(graph, options) : this;

    /// <inheritdoc/>
    public override RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options)
    {
        if (!IsAskedFor(options))
            return RewriteMatch.NotConcerned;
        if (node.Layer is not ConvolutionOperation { Recomputes: false } convolution || !IsNormalized(graph, node))
            return RewriteMatch.NotConcerned;
        if (Obstacle(graph, node, options) is { } obstacle)
            return RewriteMatch.Declines(obstacle);
        double share = WorkOf(graph, node) / _work;
        return _chosen.Contains(node.Name)
            ? RewriteMatch.Applies(
                Invariant($"computed again for {share:P1} of the forward pass's work"),
                () => graph.Replace(node.Name, convolution with { Recomputes = true })
            )
            : RewriteMatch.Declines(
                Invariant($"it would take {share:P1} of the forward pass's work; others are chosen")
            );
    }

    private static bool IsAskedFor(PlanOptions options) => options is { Mode: PlanMode.Training, Recompute: > 0 };

    private static bool IsNormalized(GraphEditor graph, Node node) =>
        graph.Consumers(node.Name) is [{ Layer: BatchNormOperation { UsesBatch: true } }];

    private static string? Obstacle(GraphEditor graph, Node node, PlanOptions options) =>
        graph.IsOutput(node.Name) || options.Observes(node.Name) ? "the value is read after the run"
        : !Of(node).Trainable ? "it is not trained, so its input is not kept"
        : null;

    private static RematerializeConvolution Choose(GraphEditor graph, PlanOptions options)
    {
        Node[] convolutions = [.. graph.Nodes.Where(n => n.Layer is ConvolutionOperation)];
        double all = convolutions.Sum(n => WorkOf(graph, n)),
            left = options.Recompute * all;
        var chosen = new HashSet<string>();
        var read = new HashSet<string>();
        IEnumerable<Node> candidates = convolutions
            .Where(n => IsNormalized(graph, n) && Obstacle(graph, n, options) is null)
            .OrderBy(n => WorkOf(graph, n) / graph.ShapeOf(n.Name).Count);
        foreach (Node node in candidates)
        {
            double work = WorkOf(graph, node);
            HashSet<string> sources = [.. Sources(graph, node.Inputs[0])];
            // Outputs that one is computed from again are kept: else all would be there again at the same time.
            if (work > left || read.Contains(node.Name) || sources.Overlaps(chosen))
                continue;
            left -= work;
            chosen.Add(node.Name);
            read.UnionWith(sources);
        }

        return new RematerializeConvolution { _chosen = chosen, _work = all };
    }

    // The convolutions whose kept outputs a value is computed from again.
    private static IEnumerable<string> Sources(GraphEditor graph, string value)
    {
        var open = new Stack<string>([value]);
        while (open.TryPop(out string? next))
        {
            Node node = graph[next];
            if (node.Layer is ConvolutionOperation)
                yield return node.Name;
            else if (node.Layer is BatchNormOperation { Recomputes: true } or IOperation { HoldsInputs: true })
            {
                foreach (string input in node.Inputs)
                    open.Push(input);
            }
        }
    }

    // For one example.
    private static double WorkOf(GraphEditor graph, Node node)
    {
        Shape input = graph.ShapeOf(node.Inputs[0]);
        return Of(node).Pass(input).Operations(1) + (Move * (input.Count + graph.ShapeOf(node.Name).Count));
    }

    private static ConvolutionLayer Of(Node node) => ((ConvolutionOperation)node.Layer).Layer;
}
