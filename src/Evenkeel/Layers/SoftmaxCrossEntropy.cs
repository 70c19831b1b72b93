using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// Softmax and cross-entropy against integer labels, averaged over the batch. Not a layer of the network but what a training
/// plan puts behind its output. A softmax or its logarithm at the end of a network, as networks of other systems have it, is part of this loss
/// and left out of the plan: two softmaxes would be another loss.
/// </summary>
public sealed record SoftmaxCrossEntropy : Loss
{
    internal override Graph Logits(Graph graph, PlanOptions options)
    {
        if (graph.Output.Layer is not (Softmax or LogSoftmax))
            return graph;
        var editor = new GraphEditor(graph);
        for (Node last = graph.Output; last.Layer is Softmax or LogSoftmax; last = editor[last.Inputs[0]])
        {
            bool read = options.Observes(last.Name) || editor.Reads(last.Name) > 0 || editor.Outputs(last.Name) > 1;
            if (read)
                editor.SetPrimaryOutput(last.Inputs[0]);
            else
                editor.Bypass(last.Name);
        }

        return editor.ToGraph();
    }

    internal override void Forward(LossContext context)
    {
        context.Steps.Add(
            new SoftmaxCrossEntropyForward(
                "loss",
                context.Output.Positions,
                context.Output.Channels,
                context.Buffers.Logits,
                context.Buffers.Labels,
                context.Buffers.Probabilities,
                context.Buffers.Losses
            )
        );
    }

    internal override void Backward(LossContext context, BufferId gradient)
    {
        context.Steps.Add(
            new SoftmaxCrossEntropyBackward(
                "loss",
                context.Output.Positions,
                context.Output.Channels,
                context.Buffers.Probabilities,
                context.Buffers.Labels,
                gradient
            )
        );
    }
}

/// <summary>Probabilities and one loss per row.</summary>
internal sealed record SoftmaxCrossEntropyForward(
    string Layer,
    int Positions,
    int Classes,
    BufferId Logits,
    BufferId Labels,
    BufferId Probabilities,
    BufferId Losses
) : Step(Layer, [Logits, Labels], [Probabilities, Losses]);

/// <summary>dlogits = (p - onehot) / rows.</summary>
internal sealed record SoftmaxCrossEntropyBackward(
    string Layer,
    int Positions,
    int Classes,
    BufferId Probabilities,
    BufferId Labels,
    BufferId DLogits
) : Step(Layer, [Probabilities, Labels], [DLogits]);
