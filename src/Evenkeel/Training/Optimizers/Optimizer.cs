using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Training.Optimizers;

/// <summary>An update rule at work on one model: its state, and the steps taken. One thread at a time, another is refused.</summary>
public sealed class Optimizer : IDisposable
{
    private readonly Model _model;
    private readonly Exclusive _turn = new("optimizer");
    private MemoryBlock[] _state;

    /// <summary>Begins with zero state.</summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Optimizer(OptimizerConfig config, Model model)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(model);
        config.Validate();
        model.ThrowIfDisposed();
        Config = config;
        _model = model;
        _state = [.. config.StateNames.Select(_ => new MemoryBlock(model.Layout.TrainableBytes))];
    }

    /// <summary>The rule.</summary>
    public OptimizerConfig Config { get; }

    /// <summary>Steps taken so far; Adam's bias correction depends on it.</summary>
    public long StepsTaken { get; internal set; }

    /// <summary>Moves every trainable parameter by its gradient.</summary>
    /// <param name="gradients">Laid out as <see cref="Model.Trainable"/>.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="device">What computes, or null for <see cref="Device.Default"/>.</param>
    /// <exception cref="ArgumentException">There are not as many gradients as parameters.</exception>
    /// <exception cref="InvalidOperationException">Another thread is in a step of the optimizer or using the device.</exception>
    /// <exception cref="ObjectDisposedException">The optimizer, its model or the device has been disposed of.</exception>
    public void Step(ReadOnlySpan<float> gradients, double learningRate, Device? device = null)
    {
        device ??= Device.Default;
        using Exclusive.Turn turn = _turn.Enter();
        using Exclusive.Turn hold = device.Hold();
        Span<float> parameters = _model.Trainable;
        if (gradients.Length != parameters.Length)
            throw new ArgumentException(
                $"There are {gradients.Length} gradients for {parameters.Length} trainable values, padding included.",
                nameof(gradients)
            );
        StepsTaken++;
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
            Config.Update(device.Pool, slice, (float)learningRate, decay, StepsTaken);
        }
    }

    /// <summary>Lets go of the state; a step at work on another thread is waited for.</summary>
    public void Dispose()
    {
        _turn.Close();
        _state = [];
    }

    /// <summary>What is kept for one tensor, by the rule's name for it.</summary>
    internal Span<float> StateOf(int index, TensorPlace place)
    {
        _turn.Require();
        MemoryBlock[] state = _state;
        return index < state.Length
            ? state[index].Span<float>(place.ByteOffset, place.Tensor.Spec.Count)
            : throw _turn.Closed();
    }

    /// <summary>Takes over the state of an optimizer of the same rule and network.</summary>
    internal void CopyFrom(Optimizer other)
    {
        using Exclusive.Turn turn = _turn.Enter();
        for (int i = 0; i < _state.Length; i++)
            other._state[i].All.CopyTo(_state[i].All);
    }

    private Span<float> State(int index, ParameterGroup group) =>
        index < _state.Length ? _state[index].Span<float>(group.Start * 4L, group.Count) : default;
}
