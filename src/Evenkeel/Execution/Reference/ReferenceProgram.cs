using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution.Reference;

/// <summary>
/// A plan that is run in double precision. Tensors keep their digits from run to run as long as the host does not change them: what the host
/// has of them is their rounding.
/// </summary>
internal sealed class ReferenceProgram(ExecutionPlan plan, Bindings bindings) : Program(plan, bindings)
{
    private readonly ReferenceMemory _memory = new(plan, bindings);

    /// <inheritdoc/>
    public override long RefusedCommits => _memory.RefusedCommits;

    /// <inheritdoc/>
    public override void Run(int first, int end, in RunInput input)
    {
        _memory.Batch = input.Batch;
        _memory.Total = input.Total;
        _memory.Scalars = input.Scalars;
        if (!input.Inputs.IsEmpty)
            _memory.Feed(Plan.ValueOf(Plan.Graph.Input.Name)!.Value, input.Inputs);
        for (int i = 0; i < input.Further.Length; i++)
            _memory.Feed(Plan.ValueOf(Plan.Graph.Inputs[i + 1].Name)!.Value, input.Further[i].Span);
        if (Plan.Loss is { } loss && !input.Targets.Labels.IsEmpty)
            _memory.Feed(loss.Targets, input.Targets.Labels);
        if (Plan.Loss is { } other && !input.Targets.Values.IsEmpty)
            _memory.Feed(other.Targets, input.Targets.Values);
        Exchange(Plan.Buffers.Select((_, i) => new BufferId(i)), TakeOver);
        RunSteps(first, end);
        Exchange(Plan.Steps[first..end].SelectMany(s => s.Writes).Distinct(), GiveBack);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Floats(BufferId buffer) => Array.ConvertAll(_memory[buffer], v => (float)v);

    /// <inheritdoc/>
    public override ReadOnlySpan<double> Doubles(BufferId buffer) => _memory[buffer];

    /// <inheritdoc/>
    public override void Set(BufferId buffer, ReadOnlySpan<double> values) => _memory[buffer] = values.ToArray();

    /// <inheritdoc/>
    public override double[] Values(BufferId buffer) => _memory[buffer];

    /// <inheritdoc/>
    private protected override void RunStep(int step) =>
        ReferenceBackend.RunnerOf(Plan.Steps[step])(Plan.Steps[step], _memory);

    /// <inheritdoc/>
    private protected override void Fill(BufferId buffer) =>
        _memory[buffer] = [.. Enumerable.Repeat(double.NaN, _memory[buffer].Length)];

    private void Exchange(IEnumerable<BufferId> buffers, Action<BufferId, MemoryBlock, long> exchange)
    {
        foreach (BufferId buffer in buffers)
        {
            if (Bindings.Place(Plan[buffer]) is { } place)
                exchange(buffer, place.Block, place.Offset);
        }
    }

    private void TakeOver(BufferId buffer, MemoryBlock block, long offset)
    {
        int count = Plan[buffer].Fixed;
        if (Plan[buffer].Type == ElementType.Float32)
            _memory.Feed<float>(buffer, block.Span<float>(offset, count));
        else
            _memory.Feed<long>(buffer, block.Span<long>(offset, count));
    }

    private void GiveBack(BufferId buffer, MemoryBlock block, long offset)
    {
        int count = Plan[buffer].Fixed;
        if (Plan[buffer].Type == ElementType.Float32)
            _memory.Read(buffer, block.Span<float>(offset, count));
        else
            _memory.Read(buffer, block.Span<long>(offset, count));
    }
}
