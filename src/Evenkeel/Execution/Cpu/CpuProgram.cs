using System.Numerics;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Cpu;

/// <summary>A plan with a kernel for each step and one arena for all values: a run is one loop over steps.</summary>
internal sealed unsafe class CpuProgram : Program
{
    private readonly ThreadChoice _threads = new();
    private readonly Action<Step, CpuContext>?[] _runners;
    private readonly MemoryBlock _activations;
    private readonly CpuContext _context;
    private readonly BufferId[] _inputs;

    public CpuProgram(ExecutionPlan plan, Bindings bindings, WorkerPool pool, PackedWeights? packed)
        : base(plan, bindings)
    {
        // What slices exchange is not the device's to run.
        _runners = [.. plan.Steps.Select(s => s is ExchangeStep ? null : CpuBackend.RunnerOf(s))];
        _activations = new MemoryBlock(plan.ActivationBytes);
        _context = new CpuContext(plan, pool, packed);
        _inputs = [.. plan.Graph.Inputs.Select(n => plan.ValueOf(n.Name)!.Value)];
        for (int i = 0; i < plan.Buffers.Length; i++)
        {
            if (bindings.Place(plan.Buffers[i]) is { } place)
                _context.Bind(new BufferId(i), place.Block, place.Offset);
            else if (OffsetOf(new BufferId(i)) is >= 0 and long offset)
                _context.Bind(new BufferId(i), _activations, offset);
        }
    }

    /// <inheritdoc/>
    public override long RefusedCommits => _context.RefusedCommits;

    /// <inheritdoc/>
    public override void Run(int first, int end, in RunInput input)
    {
        BufferId? lentTargets = Plan.Loss?.Targets;
        fixed (float* x = input.Inputs)
        fixed (int* labels = input.Targets.Labels)
        fixed (float* values = input.Targets.Values)
        {
            _context.Batch = input.Batch;
            _context.Total = input.Total;
            _context.Scalars = input.Scalars;
            _context.Lend(_inputs[0], x);
            if (lentTargets is { } lend)
                _context.Lend(lend, values == null ? labels : values);
            Run(first, end, input.Further);
            foreach (BufferId lent in _inputs)
                _context.Return(lent);
            if (lentTargets is { } back)
                _context.Return(back);
        }
    }

    // One level of the stack holds each input in its place until the run is over.
    private void Run(int first, int end, ReadOnlySpan<ReadOnlyMemory<float>> further)
    {
        if (further.IsEmpty)
        {
            RunHeld(first, end);
            return;
        }

        fixed (float* x = further[^1].Span)
        {
            _context.Lend(_inputs[further.Length], x);
            Run(first, end, further[..^1]);
        }
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Floats(BufferId buffer) => _activations.Keeping(_context.Floats(buffer));

    /// <inheritdoc/>
    public override ReadOnlySpan<double> Doubles(BufferId buffer) => _activations.Keeping(_context.Doubles(buffer));

    /// <inheritdoc/>
    public override void Set(BufferId buffer, ReadOnlySpan<double> values) => values.CopyTo(_context.Doubles(buffer));

    /// <inheritdoc/>
    public override double[] Values(BufferId buffer)
    {
        BufferInfo info = Plan[buffer];
        int count = (int)info.Elements(_context.Batch),
            channels = info.View is { } view
                ? info.PerExample * view.Stride / Plan[view.Base].PerExample
                : Math.Max(1, count);
        (int Count, int Channels, int Stride) rows = (count, channels, _context.Stride(buffer, channels));
        return info.Type switch
        {
            ElementType.Float32 => InARow<float>(_context.Floats(buffer), rows),
            ElementType.Float64 => InARow<double>(_context.Doubles(buffer), rows),
            ElementType.UInt8 => InARow<byte>(_context.Bytes(buffer), rows),
            ElementType.BFloat16 => Array.ConvertAll(
                _context.Halves(buffer).ToArray(),
                bits => (double)BitConverter.UInt32BitsToSingle((uint)bits << 16)
            ),
            ElementType.Int32 => InARow<int>(_context.Integers(buffer), rows),
            _ => InARow<long>(_context.Longs(buffer), rows),
        };
    }

    /// <inheritdoc/>
    private protected override void RunStep(int step) => _runners[step]!(Plan.Steps[step], _context);

    /// <inheritdoc/>
    private protected override void Fill(BufferId buffer) =>
        new Span<byte>(_context.Pointer(buffer), (int)Plan[buffer].Bytes(_context.Batch)).Fill(0xFF);

    private void RunHeld(int first, int end)
    {
        // One hold for all kernels, which then need none of their own.
        using PoolHold hold = first == 0 ? _context.Pool.Hold(_threads, _context.Batch) : _context.Pool.Hold();
        RunSteps(first, end);
        // Kernels have addresses alone: the context keeps what they point into until the last one is done.
        GC.KeepAlive(_context);
    }

    // A view lies in its whole, which may be a view itself.
    private long OffsetOf(BufferId buffer) =>
        Plan[buffer].View is { } view
            ? OffsetOf(view.Base) + (view.Offset * Plan[buffer].Type.Bytes())
            : Plan.Offsets[buffer.Index];

    private static double[] InARow<T>(ReadOnlySpan<T> memory, (int Count, int Channels, int Stride) rows)
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
}
