using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Reference;

/// <summary>
/// A plan that is run in double precision. Tensors keep their digits from run to run as long as the host does not change them: what the host
/// has of them is their rounding.
/// </summary>
internal sealed class ReferenceProgram(ExecutionPlan plan, Bindings bindings, double rounding = 0)
    : Program(plan, bindings)
{
    /// <summary>The values of all buffers.</summary>
    public ReferenceMemory Memory { get; } = new(plan, bindings) { Rounding = rounding };

    /// <inheritdoc/>
    public override long RefusedCommits => Memory.RefusedCommits;

    /// <inheritdoc/>
    public override void Run(int first, int end, in RunInput input)
    {
        Memory.Batch = input.Batch;
        Memory.Scalars = input.Scalars;
        if (!input.Inputs.IsEmpty)
            Memory.Feed(Plan.ValueOf(Plan.Graph.Input.Name)!.Value, input.Inputs);
        if (!input.Labels.IsEmpty)
            input.Labels.CopyTo(Memory.Array<int>(Plan.Labels));
        Exchange(Enumerable.Range(0, Plan.Buffers.Length), TakeOver);
        Clock?.Begin();
        for (int i = first; i < end; i++)
        {
            ReferenceBackend.RunnerOf(Plan.Steps[i])(Plan.Steps[i], Memory);
            Clock?.Mark(i);
            if (FillFreedWithNaN)
                FillFreed(i);
        }

        Exchange(Plan.Steps[first..end].SelectMany(s => s.Writes).Distinct(), GiveBack);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Floats(int buffer) => Array.ConvertAll(Memory[buffer], v => (float)v);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> Doubles(int buffer) => Memory[buffer];

    private void Exchange(IEnumerable<int> buffers, Action<int, MemoryBlock, long> exchange)
    {
        foreach (int buffer in buffers)
        {
            if (Bindings.Place(Plan.Buffers[buffer]) is { } place)
                exchange(buffer, place.Block, place.Offset);
        }
    }

    private void TakeOver(int buffer, MemoryBlock block, long offset)
    {
        int count = Plan.Buffers[buffer].Fixed;
        if (Plan.Buffers[buffer].Type == ElementType.Float32)
            Memory.Feed(buffer, block.Span<float>(offset, count));
        else
            block.Span<long>(offset, count).CopyTo(Memory.Array<long>(buffer));
    }

    private void GiveBack(int buffer, MemoryBlock block, long offset)
    {
        int count = Plan.Buffers[buffer].Fixed;
        if (Plan.Buffers[buffer].Type == ElementType.Float32)
            Floats(buffer).CopyTo(block.Span<float>(offset, count));
        else
            Memory.Array<long>(buffer).CopyTo(block.Span<long>(offset, count));
    }

    private void FillFreed(int step)
    {
        for (int i = 0; i < Plan.Buffers.Length; i++)
        {
            if (Plan.Offsets[i] >= 0 && Plan.Live[i].Last == step && Plan.Buffers[i].Type == ElementType.Float32)
                Memory.Array<double>(i).AsSpan().Fill(double.NaN);
        }
    }
}
