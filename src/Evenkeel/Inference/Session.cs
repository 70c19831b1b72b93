using Evenkeel.Execution;
using Evenkeel.Planning;

namespace Evenkeel.Inference;

/// <summary>One call's activations and threads, kept for the next call.</summary>
internal sealed class Session : IDisposable
{
    private readonly Device _device;
    private readonly Executor _executor;

    public Session(ExecutionPlan plan, Model model, Constants? constants, int threads)
    {
        MaxBatch = plan.Options.MaxBatch;
        _device = Device.Cpu(threads);
        _executor = new Executor(plan, model, _device, constants);
    }

    /// <summary>Examples run at a time.</summary>
    public int MaxBatch { get; }

    public StepClock? Clock
    {
        set => _executor.Clock = value;
    }

    public void Run(ReadOnlySpan<float> inputs) => _executor.Forward(inputs);

    /// <summary>Copies an output of the run; one that is the input comes from there.</summary>
    public void Read(int output, ReadOnlySpan<float> inputs, Span<float> values)
    {
        Graph graph = _executor.Plan.Graph;
        ReadOnlySpan<float> made = graph.OutputNames[output] == graph.Input.Name ? inputs : _executor.OutputAt(output);
        made.CopyTo(values);
    }

    public void Dispose()
    {
        _executor.Dispose();
        _device.Dispose();
    }
}
