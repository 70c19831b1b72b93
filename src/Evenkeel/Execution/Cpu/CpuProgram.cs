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
    private readonly Action<Step, CpuContext>[] _runners;
    private readonly MemoryBlock _activations;
    private readonly int _inputs;

    public CpuProgram(ExecutionPlan plan, Bindings bindings, WorkerPool pool, PackedWeights? packed)
        : base(plan, bindings)
    {
        _runners = [.. plan.Steps.Select(CpuBackend.RunnerOf)];
        _activations = new MemoryBlock(plan.ActivationBytes);
        Context = new CpuContext(plan, pool, packed);
        _inputs = plan.ValueOf(plan.Graph.Input.Name)!.Value;
        for (int i = 0; i < plan.Buffers.Length; i++)
        {
            if (bindings.Place(plan.Buffers[i]) is { } place)
                Context.Bind(i, place.Block, place.Offset);
            else if (OffsetOf(i) is >= 0 and long offset)
                Context.Bind(i, _activations, offset);
        }
    }

    /// <summary>What its steps see.</summary>
    public CpuContext Context { get; }

    /// <inheritdoc/>
    public override long RefusedCommits => Context.RefusedCommits;

    /// <inheritdoc/>
    public override void Run(int first, int end, in RunInput input)
    {
        fixed (float* x = input.Inputs)
        fixed (int* labels = input.Labels)
        {
            Context.Batch = input.Batch;
            Context.Scalars = input.Scalars;
            Context.Lend(_inputs, x);
            if (Plan.Labels >= 0)
                Context.Lend(Plan.Labels, labels);
            Run(first, end);
            Context.Return(_inputs);
            if (Plan.Labels >= 0)
                Context.Return(Plan.Labels);
        }
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Floats(int buffer) => _activations.Keeping(Context.Floats(buffer));

    /// <inheritdoc/>
    public override ReadOnlySpan<double> Doubles(int buffer) => _activations.Keeping(Context.Doubles(buffer));

    // A view lies in its whole, which may be a view itself.
    private long OffsetOf(int buffer) =>
        Plan.Buffers[buffer].View is { } view
            ? OffsetOf(view.Base) + (view.Offset * Plan.Buffers[buffer].Type.Bytes())
            : Plan.Offsets[buffer];

    private void Run(int first, int end)
    {
        // One hold for all kernels, which then need none of their own.
        using PoolHold hold = first == 0 ? Context.Pool.Hold(_threads, Context.Batch) : Context.Pool.Hold();
        Clock?.Begin();
        for (int i = first; i < end; i++)
        {
            _runners[i](Plan.Steps[i], Context);
            Clock?.Mark(i);
            if (FillFreedWithNaN)
                FillFreed(i);
        }

        // Kernels have addresses alone: the context keeps what they point into until the last one is done.
        GC.KeepAlive(Context);
    }

    private void FillFreed(int step)
    {
        for (int i = 0; i < Plan.Buffers.Length; i++)
        {
            if (Plan.Offsets[i] >= 0 && Plan.Live[i].Last == step)
                new Span<byte>(Context.Pointer(i), (int)Plan.Buffers[i].Bytes(Context.Batch)).Fill(0xFF);
        }
    }
}
