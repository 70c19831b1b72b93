using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Cli.Models;

/// <summary>What a computation takes of memory at its peak: planned activations, and tensors as often as they are held.</summary>
/// <param name="Bytes">About so much.</param>
/// <param name="Batch">Examples at a time.</param>
/// <param name="Input">One of them.</param>
internal sealed record MemoryNeed(long Bytes, int Batch, Shape Input)
{
    // The model as it is read, folded, and with its weights packed.
    private const int HeldByPredictor = 3;

    /// <summary>Of inference.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="batch">Examples at a time.</param>
    /// <param name="callers">Callers at once, each with activations of its own.</param>
    public static MemoryNeed OfInference(Graph graph, int batch, int callers = 1) =>
        Of(graph, new PlanOptions(PlanMode.Inference, batch), callers, HeldByPredictor);

    /// <summary>Of an evaluation over a data set.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="examples">How many there are.</param>
    public static MemoryNeed OfEvaluation(Graph graph, int examples) =>
        Of(graph, new PlanOptions(PlanMode.Inference, Math.Clamp(examples, 1, Evaluator.BlockSize)), 1, 1);

    /// <summary>Of measuring statistics over batches of a data set, and of judging by it before and after.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="batch">Examples at a time.</param>
    /// <param name="examples">How many there are.</param>
    public static MemoryNeed OfStatistics(Graph graph, int batch, int examples)
    {
        MemoryNeed judged = OfEvaluation(graph, examples),
            measured = Of(graph, new PlanOptions(PlanMode.BatchStatistics, Math.Clamp(examples, 1, batch)), 1, 2);
        return judged.Bytes > measured.Bytes ? judged : measured;
    }

    /// <summary>Of training, for one rank.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="options">Batch, slices, micro-batches, and the optimiser, which holds values of its own for each parameter.</param>
    /// <param name="ranks">How many share out the slices.</param>
    public static MemoryNeed OfTraining(Graph graph, TrainingOptions options, int ranks = 1)
    {
        int slices = Math.Max(1, options.Slices / ranks),
            // Of each slice, and their sum over micro-batches.
            gradients = options.Accumulate > 1 ? 2 : 1;
        return Of(
            graph,
            options.PlanOf(options.BatchSize),
            slices,
            1 + (slices * gradients) + options.Optimizer.StateNames.Count
        );
    }

    private static MemoryNeed Of(Graph graph, PlanOptions options, int executors, int tensors)
    {
        var plan = ExecutionPlan.Build(graph, options);
        var layout = new TensorLayout(graph);
        Shape input = graph.Input.Shape;
        long batch = plan.ActivationBytes + (sizeof(float) * (long)options.MaxBatch * input.Count / options.Slices);
        return new MemoryNeed(
            (executors * batch) + (tensors * (layout.ParameterBytes + layout.StateBytes)),
            options.MaxBatch,
            input
        );
    }
}
