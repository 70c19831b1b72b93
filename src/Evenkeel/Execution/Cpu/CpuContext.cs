using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Cpu;

/// <summary>What a step sees while it runs: the batch, the threads and the memory behind each buffer.</summary>
internal sealed unsafe class CpuContext(ExecutionPlan plan, WorkerPool pool, PackedWeights? packed = null)
{
    private readonly nint[] _addresses = new nint[plan.Buffers.Length];

    // Addresses keep nothing: whoever has the context has the memory that they point into.
    private readonly MemoryBlock?[] _blocks = new MemoryBlock?[plan.Buffers.Length];

    public WorkerPool Pool { get; } = pool;

    /// <summary>Weights that were packed before; null where they may change.</summary>
    public PackedWeights? Packed { get; } = packed;

    public int Batch { get; set; }

    /// <summary>Examples of all slices of the batch; those of this one unless set.</summary>
    public int Total
    {
        get => field > 0 ? field : Batch;
        set;
    }

    public StepScalars Scalars { get; set; }

    public long RefusedCommits { get; set; }

    /// <summary>Puts a buffer into a block, which lives as long as the context.</summary>
    public void Bind(BufferId buffer, MemoryBlock block, long offset)
    {
        _blocks[buffer.Index] = block;
        _addresses[buffer.Index] = (nint)(block.Pointer + offset);
    }

    /// <summary>Lends the caller's memory to a buffer, until <see cref="Return"/>.</summary>
    public void Lend(BufferId buffer, void* address) => _addresses[buffer.Index] = (nint)address;

    /// <summary>Gives lent memory back: nothing can be read of it later.</summary>
    public void Return(BufferId buffer) => _addresses[buffer.Index] = 0;

    public byte* Pointer(BufferId buffer) => (byte*)_addresses[buffer.Index];

    public Span<float> Floats(GradientTarget target) => Floats(target.Buffer);

    public Span<float> Floats(BufferId buffer)
    {
        BufferInfo info = plan[buffer];
        long count = info.Elements(Batch);
        if (info.View is { } view && count > 0)
        {
            // A view ends with its last row's channels, not with the stride.
            long owned = plan[view.Base].Elements(Batch);
            count = owned - view.Offset;
        }

        return new(Pointer(buffer), checked((int)count));
    }

    /// <summary>Floats from row to row of a buffer whose rows have <paramref name="channels"/> values.</summary>
    public int Stride(BufferId buffer, int channels) => plan[buffer].View?.Stride ?? channels;

    /// <summary>The channel at which a buffer begins in the buffer that has its memory.</summary>
    public int FirstChannel(BufferId buffer) => plan[buffer].View?.Offset ?? 0;

    /// <summary>Floats from row to row of a buffer with as many rows per example.</summary>
    public int RowStride(BufferId buffer, int rows) => plan[buffer].View?.Stride ?? plan[buffer].PerExample / rows;

    public Span<byte> Bytes(BufferId buffer) => new(Pointer(buffer), checked((int)plan[buffer].Elements(Batch)));

    /// <summary>The bits of a buffer of bfloat16.</summary>
    public Span<ushort> Halves(BufferId buffer) => new(Pointer(buffer), checked((int)plan[buffer].Elements(Batch)));

    public Span<double> Doubles(BufferId buffer) => new(Pointer(buffer), checked((int)plan[buffer].Elements(Batch)));

    public Span<int> Integers(BufferId buffer) => new(Pointer(buffer), checked((int)plan[buffer].Elements(Batch)));

    public Span<long> Longs(BufferId buffer) => new(Pointer(buffer), checked((int)plan[buffer].Elements(Batch)));
}
