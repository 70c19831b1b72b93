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
/// reference runs each step a second time with all that it reads and writes rounded at random, as floats are.
/// </summary>
internal sealed class StepComparison
{
    // Sums of some tens of products, each rounded, against one rounding of each value.
    private const double Safety = 8;

    // Of the largest value that a step writes into a buffer: the error of a sum is that of its largest parts.
    private const double Relative = 1e-6;

    // Where rounding alone moves values so far, and where products leave the range of floats, a comparison shows nothing.
    private const double MostUncertain = 0.02;
    private const double LargestOfFloats = 1e15;
    private readonly ExecutionPlan _plan;
    private readonly CpuContext _cpu;
    private readonly ReferenceMemory _exact;
    private readonly ReferenceMemory _moved;

    /// <summary>Allocates both memories.</summary>
    public StepComparison(ExecutionPlan plan, Model model, WorkerPool pool)
    {
        (_plan, _cpu) = (plan, new CpuProgram(plan, new Bindings(plan, model), pool, null).Context);
        _exact = new ReferenceMemory(plan);
        _moved = new ReferenceMemory(plan) { Rounding = Math.ScaleB(1, -24) };
    }

    /// <summary>Compares all steps over one batch, as far as the reference device knows them.</summary>
    public IEnumerable<StepDifference> Run(float[] inputs, int[] labels)
    {
        int input = _plan.ValueOf(_plan.Graph.Input.Name)!.Value;
        _cpu.Batch = _exact.Batch = _moved.Batch = inputs.Length / _plan.Graph.Input.Shape.Count;
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
        bool known = ReferenceBackend.Supports(step.GetType());
        foreach (int buffer in step.Reads.Concat(step.Writes).Distinct())
        {
            Copy(buffer, _exact);
            Copy(buffer, _moved);
        }

        bool finite = step.Reads.All(b => Values(b, _exact).All(v => Math.Abs(v) <= LargestOfFloats));
        CpuBackend.RunnerOf(step)(step, _cpu);
        if (!known)
            return [];
        ReferenceBackend.RunnerOf(step)(step, _exact);
        ReferenceBackend.RunnerOf(step)(step, _moved);
        return [.. step.Writes.Select(buffer => Difference(step, buffer, finite))];
    }

    private StepDifference Difference(Step step, int buffer, bool finite)
    {
        double[] actual = Values(buffer),
            exact = Values(buffer, _exact),
            moved = Values(buffer, _moved);
        double error = 0,
            uncertain = 0,
            largest = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            if (exact[i].Equals(actual[i]))
                continue;
            // Math.Max passes NaN on.
            error = Math.Max(error, Math.Abs(exact[i] - actual[i]));
            uncertain = Math.Max(uncertain, Math.Abs(exact[i] - moved[i]));
            largest = Math.Max(largest, Math.Abs(exact[i]));
        }

        double tolerance = (Safety * uncertain) + (Relative * largest) + float.Epsilon;
        bool shows = tolerance <= MostUncertain * largest && largest < LargestOfFloats;
        bool exactly = _plan.Buffers[buffer].Type is ElementType.UInt8 or ElementType.Int64;
        tolerance =
            exactly ? 0
            : shows || error == 0 ? tolerance
            : double.PositiveInfinity;
        return new StepDifference(step, _plan.Buffers[buffer].Name, error, tolerance);
    }

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
        double[] values = new double[info.Elements(_cpu.Batch)];
        int channels = info.View is { } view
            ? info.PerExample * view.Stride / _plan.Buffers[view.Base].PerExample
            : Math.Max(1, values.Length);
        int stride = _cpu.Stride(buffer, channels);
        for (int i = 0; i < values.Length; i++)
        {
            int place = (i / channels * stride) + (i % channels);
            values[i] = info.Type switch
            {
                ElementType.Float32 => _cpu.Floats(buffer)[place],
                ElementType.Float64 => _cpu.Doubles(buffer)[place],
                ElementType.UInt8 => _cpu.Bytes(buffer)[place],
                ElementType.Int32 => _cpu.Integers(buffer)[place],
                _ => _cpu.Longs(buffer)[place],
            };
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
