using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// A training plan of several slices or micro-batches: this rank's slices are computed one by one up to the next exchange, then meet with those of
/// other ranks; gradients meet while the last backward pass goes on. Every slice has a program with memory of its own; all share the model.
/// What follows the sum of gradients is done once.
/// </summary>
internal sealed class SlicedProgram : Program
{
    private readonly Program[] _slices;
    private readonly SliceShare _share;
    private readonly Communicator? _ranks;
    private readonly SliceExchange _values;
    private readonly GradientAccumulation _accumulation;
    private readonly GradientExchange _gradients;
    private readonly int[] _exchanges;
    private readonly int _shared;

    private SlicedProgram(ExecutionPlan plan, Program[] slices, Communicator? ranks)
        : base(plan, slices[0].Bindings)
    {
        (_slices, _ranks) = (slices, ranks);
        _share = new SliceShare(plan.Options.Slices, ranks?.Rank ?? 0, ranks?.Size ?? 1, plan.Options.Accumulate);
        _values = new SliceExchange(plan, slices, _share, ranks);
        _accumulation = new GradientAccumulation(slices, _share);
        _gradients = GradientExchange.Of(plan, slices, _share, ranks);
        foreach (Program slice in slices)
            slice.AfterStep = _gradients.Advance;
        _exchanges = [.. Enumerable.Range(0, plan.Steps.Length).Where(i => plan.Steps[i] is ExchangeStep)];
        _shared = _exchanges[^1] + 1;
    }

    /// <inheritdoc/>
    public override long RefusedCommits => _slices[0].RefusedCommits;

    /// <summary>Compiles a plan for the slices of this rank.</summary>
    /// <param name="plan">A plan of several slices.</param>
    /// <param name="model">Shared by all.</param>
    /// <param name="device">What computes.</param>
    /// <param name="ranks">Who computes the other slices, an equal share each; null if nobody does.</param>
    public static SlicedProgram Compile(ExecutionPlan plan, Model model, Device device, Communicator? ranks)
    {
        int slices = plan.Options.Slices / (ranks?.Size ?? 1);
        var first = new Bindings(plan, model);
        Bindings[] bindings =
        [
            first,
            .. Enumerable.Range(1, slices - 1).Select(_ => new Bindings(plan, model, first.Optimizer)),
        ];
        return new SlicedProgram(plan, [.. bindings.Select(b => device.Compile(plan, b))], ranks);
    }

    /// <inheritdoc/>
    public override void Run(int first, int end, in RunInput input)
    {
        foreach (Program slice in _slices)
            slice.FillFreedWithNaN = FillFreedWithNaN;
        _slices[0].Clock = Clock;
        for (int part = 0; part < _share.Parts && first < _shared; part++)
            RunPart(part, first, Math.Min(end, _shared), input);
        if (end > _shared)
            _slices[0].Run(Math.Max(first, _shared), end, PartOf(input, 0, _share.Parts - 1));
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Floats(BufferId buffer) => _slices[0].Floats(buffer);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> Doubles(BufferId buffer) => _slices[0].Doubles(buffer);

    /// <inheritdoc/>
    public override void Set(BufferId buffer, ReadOnlySpan<double> values) => _slices[0].Set(buffer, values);

    /// <inheritdoc/>
    public override double[] Values(BufferId buffer) => _slices[0].Values(buffer);

    /// <inheritdoc/>
    private protected override void RunStep(int step) => throw new InvalidOperationException();

    /// <inheritdoc/>
    private protected override void Fill(BufferId buffer) => throw new InvalidOperationException();

    // A micro-batch, from exchange to exchange.
    private void RunPart(int part, int first, int end, in RunInput input)
    {
        int at = first;
        foreach (int exchange in _exchanges)
        {
            if (exchange < at || exchange >= end)
                continue;
            RunSlices(part, at, exchange, input);
            Do((ExchangeStep)Plan.Steps[exchange], input.Whole, part);
            at = exchange + 1;
        }

        RunSlices(part, at, end, input);
    }

    private void RunSlices(int part, int first, int end, in RunInput input)
    {
        for (int i = 0; i < _slices.Length && first < end; i++)
            _slices[i].Run(first, end, PartOf(input, i, part));
    }

    private void Do(ExchangeStep step, int batch, int part)
    {
        _ranks?.Purpose = step.Name;
        switch (step)
        {
            case ExchangeGradients s:
                _accumulation.Add(s, part);
                if (_share.IsLast(part))
                    _gradients.Start();
                break;
            case FinishGradients:
                _gradients.Finish();
                break;
            default:
                _values.Do(step, batch, part);
                break;
        }

        _ranks?.Purpose = null;
    }

    // The examples of a part of one of this rank's slices; it is fed those of all of them.
    private RunInput PartOf(in RunInput input, int slice, int part)
    {
        int whole = input.Whole,
            index = _share.First + slice;
        (int start, int count) = _share.Of(index, part, whole);
        start -= _share.Of(_share.First, 0, whole).First;
        int values = Plan.Graph.Input.Shape.Count,
            targets = Plan[Plan.Loss!.Targets].PerExample;
        return new RunInput
        {
            Batch = count,
            Total = whole,
            Inputs = input.Inputs.IsEmpty ? [] : input.Inputs.Slice(start * values, count * values),
            Targets = input.Targets.Slice(start * targets, count * targets),
            Scalars = input.Scalars with { Slice = (part * _share.Slices) + index },
        };
    }
}
