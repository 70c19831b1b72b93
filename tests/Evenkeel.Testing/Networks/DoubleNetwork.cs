using Evenkeel.Execution;
using Evenkeel.Execution.Reference;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;

namespace Evenkeel.Testing.Networks;

/// <summary>
/// A network on the reference device: in double precision, by a plan without any rule. What all rules and devices must give; its own gradients are
/// held against finite differences of its losses.
/// </summary>
public sealed class DoubleNetwork
{
    private static readonly string[] AllRules =
    [
        .. RuleSet.Lowering.Select(r => r.Name),
        InPlaceConcatenation.Rule,
        .. RuleSet.OfSteps,
    ];
    private readonly Model _model;
    private readonly Dictionary<string, double[]> _tensors = [];
    private ExecutionPlan? _plan;

    /// <summary>Takes over a model's values; the model must outlive it.</summary>
    public DoubleNetwork(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Type == ElementType.Float32))
            _tensors[place.Tensor.Name] = Array.ConvertAll(model.Floats(place.Tensor.Name).ToArray(), x => (double)x);
        foreach ((string name, string owned) in model.Graph.SharedTensors())
            _tensors[name] = _tensors[owned];
    }

    /// <summary>Which statistics normalise, and whether values are dropped.</summary>
    public PlanMode Mode { get; init; } = PlanMode.BatchStatistics;

    /// <summary>Seed of what layers draw in training.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Every tensor and whatever a step writes is moved by at most this part of itself, at random but the same in each run: 2^-24 shows what
    /// rounding to floats may do to the result.
    /// </summary>
    public double Rounding { get; init; }

    /// <summary>Values of a tensor; may be changed.</summary>
    public double[] this[string tensor] => _tensors[tensor];

    /// <summary>The output for a batch, [batch, ...].</summary>
    public double[] Forward(ReadOnlySpan<float> inputs) => Values(inputs)[_model.Graph.OutputName];

    /// <summary>Every value for a batch.</summary>
    public Dictionary<string, double[]> Values(ReadOnlySpan<float> inputs) =>
        Run(inputs, new int[Mode == PlanMode.Training ? LabelsOf(inputs.Length) : 0], p => p.ForwardSteps).Values;

    /// <summary>Mean softmax cross-entropy over all rows that have a label; a softmax at the end of the network is the loss's own.</summary>
    public double Loss(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels) =>
        Run(inputs, labels, p => p.ForwardSteps).Loss;

    /// <summary>A whole step: gradients, and statistics as they are behind it.</summary>
    public DoubleRun Train(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels) =>
        Run(inputs, labels, p => p.Steps.Length);

    /// <summary>Mean and biased variance per channel.</summary>
    public static (double[] Mean, double[] Variance) Moments(ReadOnlySpan<double> x, int channels)
    {
        int rows = x.Length / channels;
        double[] mean = new double[channels],
            variance = new double[channels];
        for (int i = 0; i < x.Length; i++)
            mean[i % channels] += x[i] / rows;
        for (int i = 0; i < x.Length; i++)
            variance[i % channels] += Math.Pow(x[i] - mean[i % channels], 2) / rows;
        return (mean, variance);
    }

    private int LabelsOf(int inputs) => inputs / _model.Graph.Input.Shape.Count * _model.Graph.Output.Shape.Positions;

    private DoubleRun Run(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels, Func<ExecutionPlan, int> steps)
    {
        int batch = inputs.Length / _model.Graph.Input.Shape.Count;
        ExecutionPlan plan = PlanOf(batch, !labels.IsEmpty);
        var memory = new ReferenceMemory(plan, new Bindings(plan, _model)) { Rounding = Rounding, Batch = batch };
        memory.Feed(plan.ValueOf(plan.Graph.Input.Name)!.Value, inputs);
        if (plan.Loss is { } loss)
            memory.Feed(loss.Targets, labels);
        for (int i = 0; i < plan.Buffers.Length; i++)
        {
            if (_tensors.TryGetValue(plan.Buffers[i].Name, out double[]? values))
                memory[new BufferId(i)] = values;
        }

        memory.Scalars = new StepScalars { MeanWeight = new LabelWeights(plan, ranks: null).MeanOf(labels) };
        foreach (Step step in plan.Steps.Take(steps(plan)))
            ReferenceBackend.RunnerOf(step)(step, memory);
        return new DoubleRun(plan, memory);
    }

    private ExecutionPlan PlanOf(int batch, bool loss)
    {
        if (_plan is { } known && known.Options.MaxBatch >= batch && known.Loss is not null == loss)
            return known;
        var options = new PlanOptions(Mode, Math.Max(1, batch))
        {
            Loss = loss ? new SoftmaxCrossEntropy() : null,
            DisabledRules = [.. AllRules],
            Observed = [.. _model.Graph.Nodes.Skip(1).SelectMany(n => n.Values)],
            Seed = Seed,
        };
        return _plan = ExecutionPlan.Build(_model.Graph, options, []);
    }
}

/// <summary>What a run of a <see cref="DoubleNetwork"/> made.</summary>
public sealed class DoubleRun
{
    private readonly ExecutionPlan _plan;
    private readonly ReferenceMemory _memory;

    internal DoubleRun(ExecutionPlan plan, ReferenceMemory memory) => (_plan, _memory) = (plan, memory);

    /// <summary>The mean loss.</summary>
    public double Loss => _memory[_plan.Loss!.Losses].Average() / _memory.Scalars.MeanWeight;

    /// <summary>Every value.</summary>
    public Dictionary<string, double[]> Values =>
        _plan.Graph.Nodes.SelectMany(n => n.Values).ToDictionary(v => v, v => _memory[_plan.ValueOf(v)!.Value]);

    /// <summary>A tensor as it is now, or with <c>d </c> in front of its name its gradient.</summary>
    public double[] this[string name] => _memory[new(_plan.Buffers.Select(b => b.Name).ToList().IndexOf(name))];
}
