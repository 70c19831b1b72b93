using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// A training plan of several slices: this rank's slices are computed one by one up to the next exchange, then meet with those of other
/// ranks; gradients meet while the backward pass goes on. Every slice has a program with memory of its own; all share the model. What
/// follows the sum of gradients is done once.
/// </summary>
internal sealed class SlicedProgram : Program
{
    private readonly Program[] _slices;
    private readonly SliceShare _share;
    private readonly Communicator? _ranks;
    private readonly SliceExchange _values;
    private readonly GradientExchange _gradients;
    private readonly int[] _exchanges;
    private readonly int _shared;

    private SlicedProgram(ExecutionPlan plan, Program[] slices, Communicator? ranks)
        : base(plan, slices[0].Bindings)
    {
        (_slices, _ranks) = (slices, ranks);
        _share = new SliceShare(plan.Options.Slices, ranks?.Rank ?? 0, ranks?.Size ?? 1);
        _values = new SliceExchange(plan, slices, _share, ranks);
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
        int at = first;
        foreach (int exchange in _exchanges)
        {
            if (exchange < at || exchange >= end)
                continue;
            for (int i = 0; i < _slices.Length; i++)
                _slices[i].Run(at, exchange, SliceOf(input, i));
            Do((ExchangeStep)Plan.Steps[exchange], input.Whole);
            at = exchange + 1;
        }

        // The rest of a forward pass is every slice's; what is behind the sum of gradients is done once.
        for (int i = 0; at < end && i < (at < _shared ? _slices.Length : 1); i++)
            _slices[i].Run(at, end, SliceOf(input, i));
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

    private void Do(ExchangeStep step, int batch)
    {
        _ranks?.Purpose = step.Name;
        switch (step)
        {
            case ExchangeGradients:
                _gradients.Start();
                break;
            case FinishGradients:
                _gradients.Finish();
                break;
            default:
                _values.Do(step, batch);
                break;
        }

        _ranks?.Purpose = null;
    }

    // The examples of one of this rank's slices; it is fed those of all of them.
    private RunInput SliceOf(in RunInput input, int slice)
    {
        int whole = input.Whole,
            index = _share.First + slice,
            start = _share.Start(index, whole) - _share.Start(_share.First, whole),
            count = _share.Start(index + 1, whole) - _share.Start(index, whole);
        int values = Plan.Graph.Input.Shape.Count,
            labels = Plan.Graph.OutputShape.Positions;
        return new RunInput
        {
            Batch = count,
            Total = whole,
            Inputs = input.Inputs.IsEmpty ? [] : input.Inputs.Slice(start * values, count * values),
            Labels = input.Labels.IsEmpty ? [] : input.Labels.Slice(start * labels, count * labels),
            Scalars = input.Scalars with { Slice = index },
        };
    }
}
