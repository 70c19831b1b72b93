using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Reference;

/// <summary>What a step wrote on a device beside what the reference device writes from the same bytes.</summary>
/// <param name="Step">The step.</param>
/// <param name="Buffer">Name of what it wrote.</param>
/// <param name="Error">Largest difference.</param>
/// <param name="Tolerance">Largest difference that rounding explains; infinite where rounding alone decides the result.</param>
internal sealed record StepDifference(Step Step, string Buffer, double Error, double Tolerance)
{
    /// <summary>Whether the comparison can show anything.</summary>
    public bool Shows => double.IsFinite(Tolerance);

    /// <summary>Whether the devices agree as far as can be said; an error that is NaN does not pass.</summary>
    public bool Passed => !Shows || Error <= Tolerance;
}

/// <summary>
/// Runs a plan on a device, step by step, and each step on the reference device too. How far rounding may move a result is found out: the
/// reference runs each step some times more with all that it reads and writes rounded at random, as floats are.
/// </summary>
internal sealed class StepComparison
{
    // Sums of some thousands of products, each partial sum rounded, against one rounding of each value.
    private const double Safety = 60;

    // Of a sum of few values one trial may find almost nothing.
    private const int Roundings = 3;

    // A few roundings that are not of what is read or written.
    private const double Relative = 1e-6;

    // The same of the largest sum: partial sums of one sign, thousands of them, are rounded one after the other.
    private const double RelativeOfSums = 4e-6;

    // Where rounding alone moves values so far, and where products leave the range of floats, a comparison shows nothing.
    private const double MaxUncertain = 0.02;
    private const double LargestOfFloats = 1e15;
    private readonly ExecutionPlan _plan;
    private readonly Program _program;
    private readonly ReferenceMemory _exact;
    private readonly ReferenceMemory[] _moved;
    private float[] _inputs = [];
    private int[] _labels = [];
    private float[] _values = [];

    /// <summary>Makes the plan ready on the device, and memory for the reference.</summary>
    public StepComparison(ExecutionPlan plan, Model model, Device device)
    {
        var bindings = new Bindings(plan, model);
        (_plan, _program) = (plan, device.Compile(plan, bindings));
        _exact = new ReferenceMemory(plan, bindings);
        _moved =
        [
            .. Enumerable
                .Range(1, Roundings)
                .Select(seed => new ReferenceMemory(plan, bindings) { Rounding = Math.ScaleB(1, -24), Seed = seed }),
        ];
        // As if there had been steps before: what is 0 hides what it is multiplied with.
        foreach (
            ref float value in bindings.Optimizer.Memory.Span<float>(0, (int)(bindings.Optimizer.Memory.Bytes / 4))
        )
            value = 1 / 64f;
    }

    /// <summary>Compares all steps over one batch.</summary>
    /// <param name="inputs">[batch, ...].</param>
    /// <param name="targets">What the output is to be, as the loss takes it: labels or floats.</param>
    public IEnumerable<StepDifference> Run(float[] inputs, Targets targets)
    {
        (_inputs, _labels, _values) = (inputs, targets.Labels.ToArray(), targets.Values.ToArray());
        return Compare();
    }

    private IEnumerable<StepDifference> Compare()
    {
        // No step: buffers have sizes from now on.
        RunOnDevice(0, 0);
        return _plan.Steps.SelectMany(Compare);
    }

    private List<StepDifference> Compare(Step step, int index)
    {
        foreach (BufferId buffer in step.Reads.Concat(step.Writes).Distinct())
        {
            double[] values = Values(buffer);
            foreach (ReferenceMemory memory in _moved.Append(_exact))
                memory[buffer] = values;
        }

        bool finite = step.Reads.All(b => _exact[b].All(v => Math.Abs(v) <= LargestOfFloats));
        RunOnDevice(index, index + 1);
        foreach (ReferenceMemory memory in _moved.Append(_exact))
            ReferenceBackend.RunnerOf(step)(step, memory);
        return [.. step.Writes.Select(buffer => Difference(step, buffer, finite))];
    }

    private void RunOnDevice(int first, int end)
    {
        var input = new RunInput
        {
            Batch = _inputs.Length / _plan.Graph.Input.Shape.Count,
            Inputs = _inputs,
            Targets = _values.Length > 0 ? new Targets(_values) : new Targets(_labels),
            Scalars = new StepScalars(StepNumber: 3, LearningRate: 0.1, Update: 4) { MeanWeight = 0.75 },
        };
        foreach (ReferenceMemory memory in _moved.Append(_exact))
            (memory.Batch, memory.Scalars) = (input.Batch, input.Scalars);
        _program.Run(first, end, input);
    }

    private StepDifference Difference(Step step, BufferId buffer, bool finite)
    {
        BufferInfo info = _plan[buffer];
        double[] actual = Values(buffer),
            exact = _exact[buffer];
        bool whole = info.Type is ElementType.UInt8 or ElementType.Int64;
        double[][] moved = [.. _moved.Select(memory => memory[buffer])];
        double[] tolerances = whole ? new double[exact.Length] : Tolerances(exact, moved);
        double largest = exact.Select(Math.Abs).DefaultIfEmpty().Max();
        // The error of a sum is that of its largest parts, which other sums show.
        if (!whole && !ReferenceBackend.IsElementwise(step))
            Array.Fill(tolerances, tolerances.DefaultIfEmpty().Max() + (RelativeOfSums * largest));
        (double error, double tolerance) = Worst(exact, actual, tolerances);
        bool shows = finite && (whole || error == 0 || tolerance <= MaxUncertain * largest);
        return new StepDifference(step, info.Name, error, shows ? tolerance : double.PositiveInfinity);
    }

    // The largest error beside its tolerance; one that is NaN is larger than all.
    private static (double Error, double Tolerance) Worst(double[] exact, double[] actual, double[] tolerances)
    {
        (double Error, double Tolerance, double Part) worst = (0, 0, double.NaN);
        for (int i = 0; i < exact.Length; i++)
        {
            double error = exact[i].Equals(actual[i]) ? 0 : Math.Abs(exact[i] - actual[i]),
                part = double.IsNaN(error) ? double.PositiveInfinity : error / tolerances[i];
            // The first of equal ones; 0 / 0 is NaN and less than all.
            if (i == 0 || part.CompareTo(worst.Part) > 0)
                worst = (error, tolerances[i], part);
        }

        return (worst.Error, worst.Tolerance);
    }

    private static double[] Tolerances(double[] exact, double[][] moved)
    {
        double[] tolerances = new double[exact.Length];
        for (int i = 0; i < exact.Length; i++)
        {
            // NaN where all are.
            double uncertain = double.NaN;
            foreach (double[] values in moved)
                uncertain = double.MaxNumber(uncertain, Math.Abs(exact[i] - values[i]));
            tolerances[i] = Tolerance(exact[i], uncertain);
        }

        return tolerances;
    }

    private static double Tolerance(double exact, double uncertain) =>
        uncertain <= LargestOfFloats && Math.Abs(exact) <= LargestOfFloats
            ? (Safety * uncertain) + (Relative * Math.Abs(exact)) + float.Epsilon
            : double.PositiveInfinity;

    // What is fed is the caller's.
    private double[] Values(BufferId buffer) =>
        _plan[buffer].Region != Region.Bound ? _program.Values(buffer)
        : buffer == _plan.Loss?.Targets
            ? [.. _labels.Select(label => (double)label), .. _values.Select(value => (double)value)]
        : Array.ConvertAll(_inputs, value => (double)value);
}
