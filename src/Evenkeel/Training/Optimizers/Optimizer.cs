using Evenkeel.Execution;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;

namespace Evenkeel.Training.Optimizers;

/// <summary>An update rule at work on one model: its state, and the steps taken.</summary>
public sealed class Optimizer : IDisposable
{
    private readonly Model _model;
    private readonly MemoryBlock[] _state;

    /// <summary>Begins with zero state.</summary>
    public Optimizer(OptimizerConfig config, Model model)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(model);
        config.Validate();
        Config = config;
        _model = model;
        _state = [.. config.StateNames.Select(_ => new MemoryBlock(model.Layout.TrainableBytes))];
    }

    /// <summary>The rule.</summary>
    public OptimizerConfig Config { get; }

    /// <summary>Steps taken so far; Adam's bias correction depends on it.</summary>
    public long StepsTaken { get; internal set; }

    /// <summary>Moves every trainable parameter by its gradient.</summary>
    public void Step(WorkerPool pool, ReadOnlySpan<float> gradients, double learningRate)
    {
        StepsTaken++;
        Span<float> parameters = _model.Trainable;
        for (int i = 0; i < _model.Layout.Groups.Count; i++)
        {
            ParameterGroup group = _model.Layout.Groups[i];
            float decay = group.Role == TensorRole.Weight ? Config.WeightDecay : Config.OffsetDecay;
            var slice = new ParameterSlice(
                parameters.Slice(group.Start, group.Count),
                gradients.Slice(group.Start, group.Count),
                State(0, group),
                State(1, group)
            );
            Config.Update(pool, slice, (float)learningRate, decay, StepsTaken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MemoryBlock block in _state)
            block.Dispose();
    }

    /// <summary>What is kept for one tensor, by the rule's name for it.</summary>
    internal Span<float> StateOf(int index, TensorPlace place) =>
        _state[index].Span<float>(place.ByteOffset, place.Tensor.Spec.Count);

    private Span<float> State(int index, ParameterGroup group) =>
        index < _state.Length ? _state[index].Span<float>(group.Start * 4L, group.Count) : default;
}
