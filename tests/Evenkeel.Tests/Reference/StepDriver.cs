using Evenkeel.Execution.Cpu;
using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Tests.Reference;

/// <summary>
/// Runs a training plan's steps one by one over memory of their own, so that a test can read any buffer after any step and put a
/// gradient of its choice behind the output.
/// </summary>
internal sealed class StepDriver : IDisposable
{
    private readonly ExecutionPlan _plan;
    private readonly CpuContext _context;
    private readonly WorkerPool _pool = new(2);

    public StepDriver(Graph graph, Model model, int batch, params string[] disabledRules)
    {
        var options = new PlanOptions(PlanMode.Training, batch)
        {
            Loss = new SoftmaxCrossEntropy(),
            DisabledRules = [.. disabledRules],
        };
        _plan = ExecutionPlan.Build(graph, options);
        _context = new CpuContext(_plan, _pool) { Batch = batch };
        for (int i = 0; i < _plan.Buffers.Length; i++)
        {
            BufferInfo info = _plan.Buffers[i];
            if (info.Region is Region.Parameter or Region.State)
                _context.Bind(
                    new BufferId(i),
                    model.Memory.BlockOf(model.Layout[info.Name]),
                    model.Layout[info.Name].ByteOffset
                );
            else
                _context.Bind(new BufferId(i), new MemoryBlock(info.Bytes(batch)), 0);
        }

        _context.Integers(Index("labels")).Clear();
    }

    public ExecutionPlan Plan => _plan;

    /// <summary>Runs forward; then backward from the given gradient of the output; then the commit.</summary>
    public void Run(ReadOnlySpan<float> inputs, ReadOnlySpan<float> outputGradient)
    {
        inputs.CopyTo(Floats(_plan.Graph.Input.Name));
        for (int i = 0; i < _plan.Steps.Length; i++)
        {
            Step step = _plan.Steps[i];
            CpuBackend.RunnerOf(step)(step, _context);
            if (step is SoftmaxCrossEntropyBackward loss)
                outputGradient.CopyTo(_context.Floats(loss.DLogits));
        }
    }

    public Span<float> Floats(string buffer) => _context.Floats(Index(buffer));

    public Span<double> Doubles(string buffer) => _context.Doubles(Index(buffer));

    public void Dispose() => _pool.Dispose();

    private BufferId Index(string buffer)
    {
        int[] found = [.. Enumerable.Range(0, _plan.Buffers.Length).Where(i => _plan.Buffers[i].Name == buffer)];
        return new BufferId(Assert.Single(found));
    }
}
