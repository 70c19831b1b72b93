using System.Numerics;
using Evenkeel.Execution.Cpu;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Reference;

/// <summary>What a step wrote on the CPU beside what the reference device writes from the same bytes.</summary>
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
/// Runs a plan on the CPU, step by step, and each step on the reference device too. How far rounding may move a result is found out: the
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
    private const double MostUncertain = 0.02;
    private const double LargestOfFloats = 1e15;
    private readonly ExecutionPlan _plan;
    private readonly CpuContext _cpu;
    private readonly ReferenceMemory _exact;
    private readonly ReferenceMemory[] _moved;

    /// <summary>Allocates both memories.</summary>
    public StepComparison(ExecutionPlan plan, Model model, WorkerPool pool)
    {
        var bindings = new Bindings(plan, model);
        (_plan, _cpu) = (plan, new CpuProgram(plan, bindings, pool, null).Context);
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
    public IEnumerable<StepDifference> Run(float[] inputs, int[] labels)
    {
        int input = _plan.ValueOf(_plan.Graph.Input.Name)!.Value;
        _cpu.Batch = inputs.Length / _plan.Graph.Input.Shape.Count;
        _cpu.Scalars = new StepScalars(StepNumber: 3, LearningRate: 0.1, Update: 4);
        foreach (ReferenceMemory memory in _moved.Append(_exact))
            (memory.Batch, memory.Scalars) = (_cpu.Batch, _cpu.Scalars);
        _cpu.Bind(input, new MemoryBlock(4L * inputs.Length), 0);
        inputs.CopyTo(_cpu.Floats(input));
        if (_plan.Labels >= 0)
        {
            _cpu.Bind(_plan.Labels, new MemoryBlock(4L * labels.Length), 0);
            labels.CopyTo(_cpu.Integers(_plan.Labels));
        }

        return _plan.Steps.SelectMany(Compare);
    }

    private List<StepDifference> Compare(Step step)
    {
        foreach (ReferenceMemory memory in _moved.Append(_exact))
        {
            foreach (int buffer in step.Reads.Concat(step.Writes).Distinct())
                Copy(buffer, memory);
        }

        bool finite = step.Reads.All(b => Values(b, _exact).All(v => Math.Abs(v) <= LargestOfFloats));
        CpuBackend.RunnerOf(step)(step, _cpu);
        foreach (ReferenceMemory memory in _moved.Append(_exact))
            ReferenceBackend.RunnerOf(step)(step, memory);
        return [.. step.Writes.Select(buffer => Difference(step, buffer, finite))];
    }

    private StepDifference Difference(Step step, int buffer, bool finite)
    {
        BufferInfo info = _plan.Buffers[buffer];
        double[] actual = Values(buffer),
            exact = Values(buffer, _exact);
        bool whole = info.Type is ElementType.UInt8 or ElementType.Int64;
        double[][] moved = [.. _moved.Select(memory => Values(buffer, memory))];
        double[] tolerances =
        [
            .. exact.Select((e, i) => whole ? 0 : Tolerance(e, moved.Max(values => Math.Abs(e - values[i])))),
        ];
        double largest = exact.Select(Math.Abs).DefaultIfEmpty().Max();
        // The error of a sum is that of its largest parts, which other sums show.
        if (!whole && !ReferenceBackend.IsElementwise(step))
            Array.Fill(tolerances, tolerances.DefaultIfEmpty().Max() + (RelativeOfSums * largest));
        (double error, double tolerance) = exact
            .Zip(actual, (e, a) => e.Equals(a) ? 0 : Math.Abs(e - a))
            .Zip(tolerances)
            .DefaultIfEmpty()
            .MaxBy(place => double.IsNaN(place.First) ? double.PositiveInfinity : place.First / place.Second);
        bool shows = finite && (whole || error == 0 || tolerance <= MostUncertain * largest);
        return new StepDifference(step, info.Name, error, shows ? tolerance : double.PositiveInfinity);
    }

    private static double Tolerance(double exact, double uncertain) =>
        uncertain <= LargestOfFloats && Math.Abs(exact) <= LargestOfFloats
            ? (Safety * uncertain) + (Relative * Math.Abs(exact)) + float.Epsilon
            : double.PositiveInfinity;

    private void Copy(int buffer, ReferenceMemory memory)
    {
        switch (_plan.Buffers[buffer].Type)
        {
            case ElementType.Float32 or ElementType.Float64:
                memory[buffer] = Values(buffer);
                break;
            case ElementType.Int32:
                _cpu.Integers(buffer).CopyTo(memory.Array<int>(buffer));
                break;
            case ElementType.UInt8:
                _cpu.Bytes(buffer).CopyTo(memory.Array<byte>(buffer));
                break;
            default:
                _cpu.Longs(buffer).CopyTo(memory.Array<long>(buffer));
                break;
        }
    }

    // In a row, whether the buffer is a view or not.
    private double[] Values(int buffer)
    {
        BufferInfo info = _plan.Buffers[buffer];
        int count = (int)info.Elements(_cpu.Batch),
            channels = info.View is { } view
                ? info.PerExample * view.Stride / _plan.Buffers[view.Base].PerExample
                : Math.Max(1, count);
        (int Count, int Channels, int Stride) rows = (count, channels, _cpu.Stride(buffer, channels));
        return info.Type switch
        {
            ElementType.Float32 => Values<float>(_cpu.Floats(buffer), rows),
            ElementType.Float64 => Values<double>(_cpu.Doubles(buffer), rows),
            ElementType.UInt8 => Values<byte>(_cpu.Bytes(buffer), rows),
            ElementType.Int32 => Values<int>(_cpu.Integers(buffer), rows),
            _ => Values<long>(_cpu.Longs(buffer), rows),
        };
    }

    private static double[] Values<T>(ReadOnlySpan<T> memory, (int Count, int Channels, int Stride) rows)
        where T : struct, INumber<T>
    {
        double[] values = new double[rows.Count];
        for (int i = 0; i < values.Length; i++)
        {
            (int row, int channel) = Math.DivRem(i, rows.Channels);
            values[i] = double.CreateChecked(memory[(row * rows.Stride) + channel]);
        }

        return values;
    }

    private double[] Values(int buffer, ReferenceMemory memory) =>
        _plan.Buffers[buffer].Type switch
        {
            ElementType.Float32 or ElementType.Float64 => memory[buffer],
            ElementType.UInt8 => Array.ConvertAll(memory.Array<byte>(buffer), v => (double)v),
            ElementType.Int32 => Array.ConvertAll(memory.Array<int>(buffer), v => (double)v),
            _ => Array.ConvertAll(memory.Array<long>(buffer), v => (double)v),
        };
}
