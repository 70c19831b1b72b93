using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel;

/// <summary>
/// The loss that training minimises: a loss per example, averaged over the batch, with its gradient. The training plan adds it after the
/// network's output. Programs cannot derive from this type; use <see cref="CustomLoss"/> for your own loss.
/// </summary>
public abstract record Loss
{
    private protected Loss(string kind) => Kind = kind;

    /// <summary>The word for it in configurations: <c>softmaxCrossEntropy</c>.</summary>
    public string Kind { get; }

    /// <summary>Weights of classes, by which the mean is taken; empty where all examples count alike.</summary>
    internal virtual ImmutableArray<double> WeightOfClass => [];

    /// <summary>Throws if a constant is outside its range.</summary>
    /// <exception cref="ArgumentException">Names the constant and its range.</exception>
    public virtual void Validate() { }

    /// <summary>Throws if the output of a network is nothing for the loss.</summary>
    /// <exception cref="GraphException">Says what does not fit.</exception>
    internal virtual void Require(Graph graph) { }

    /// <summary>The network up to the value that the loss takes.</summary>
    internal virtual Graph Logits(Graph graph, PlanOptions options) => graph;

    /// <summary>Classes that labels name; 0 where the loss takes float targets.</summary>
    internal abstract int ClassesOf(Shape output);

    /// <summary>The buffer of what the output is to be, which is the caller's: labels or values.</summary>
    internal abstract BufferInfo Targets(Shape output);

    /// <summary>What the forward pass keeps for the backward pass and the host; null for nothing.</summary>
    internal abstract BufferInfo? Kept(Shape output);

    /// <summary>Losses of each example, of which the mean is taken.</summary>
    internal abstract int LossesPerExample(Shape output);

    internal abstract void Forward(LossContext context);

    internal abstract void Backward(LossContext context, BufferId gradient);

    /// <summary>The network without the last layers that the loss computes itself, unless somebody else reads them.</summary>
    private protected static Graph Without(Graph graph, PlanOptions options, Func<Layer, bool> computes)
    {
        if (!computes(graph.Output.Layer))
            return graph;
        var editor = new GraphEditor(graph);
        for (Node last = graph.Output; computes(last.Layer); last = editor[last.Inputs[0]])
        {
            bool read = options.Observes(last.Name) || editor.Reads(last.Name) > 0 || editor.Outputs(last.Name) > 1;
            if (read)
                editor.SetPrimaryOutput(last.Inputs[0]);
            else
                editor.Bypass(last.Name);
        }

        return editor.ToGraph();
    }
}
