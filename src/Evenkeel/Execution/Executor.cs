using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// Runs a plan over a model's tensors on a device; nothing is allocated per run. One thread uses an executor at a time, another is
/// refused; several executors may share a model as long as only one of them trains it. What is read of an executor stays valid, but its
/// next run overwrites it.
/// </summary>
public sealed class Executor : IDisposable
{
    private readonly Model _model;
    private readonly Device _device;
    private readonly Exclusive _turn = new("executor");
    private Program? _program;
    private readonly LabelWeights _weights;
    private int _batch;

    /// <summary>Plans a model for the device and makes the plan ready to run.</summary>
    /// <param name="model">Tensors; runs are refused once it is disposed of.</param>
    /// <param name="options">What the plan is for.</param>
    /// <param name="device">The device, or null for <see cref="Device.Default"/>; runs throw after it is disposed of.</param>
    /// <exception cref="GraphException">The network or the options do not allow it.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Executor(Model model, PlanOptions options, Device? device = null)
        : this(PlanFor(model, options, device), model, device) { }

    /// <summary>Has the device make the plan ready to run.</summary>
    /// <param name="plan">A plan of the model's network.</param>
    /// <param name="model">Tensors; runs are refused once it is disposed of.</param>
    /// <param name="device">The device, or null for <see cref="Device.Default"/>; runs throw after it is disposed of.</param>
    /// <param name="constants">Weights that the device has prepared, which are the caller's; null where they may change.</param>
    /// <param name="ranks">Those that run the plan together; null where there is one.</param>
    /// <exception cref="GraphException">The plan was built of another network than the model's.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    internal Executor(
        ExecutionPlan plan,
        Model model,
        Device? device = null,
        Constants? constants = null,
        Communicator? ranks = null
    )
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(model);
        Plan = plan;
        _model = model;
        _device = device ?? Device.Default;
        _weights = new LabelWeights(plan, ranks: null);
        _program = plan.Options.Exchanges
            ? SlicedProgram.Compile(plan, model, _device, ranks)
            : _device.Compile(plan, new Bindings(plan, model), constants);
#if DEBUG
        FillFreedWithNaN = true;
#endif
    }

    /// <summary>The plan that is run.</summary>
    internal ExecutionPlan Plan { get; }

    /// <summary>Gradients of all trainable parameters, laid out as <see cref="Model.Trainable"/>.</summary>
    /// <exception cref="InvalidOperationException">The plan does not train.</exception>
    public Span<float> Gradients =>
        Current.Bindings.Gradients is { } block
            ? block.Span<float>(0, (int)(block.Bytes / 4))
            : throw new InvalidOperationException("This plan does not train and has no gradients.");

    /// <summary>The network's primary output of the last run, [batch, ...].</summary>
    public ReadOnlySpan<float> Output => OutputAt(0);

    /// <summary>One of the network's outputs of the last run, [batch, ...].</summary>
    /// <param name="index">Its place in <see cref="Graph.Results"/>.</param>
    /// <exception cref="GraphException">The output is what was fed in.</exception>
    public ReadOnlySpan<float> OutputAt(int index) => Value(Plan.Graph.OutputNames[index]);

    /// <summary>Class probabilities of the last run; the plan must have a loss.</summary>
    public ReadOnlySpan<float> Probabilities =>
        Plan.Options.Loss is SoftmaxCrossEntropy
            ? Current.Floats(RequireLoss().Kept!.Value)
            : throw new InvalidOperationException("This plan has no loss of classes, and so no probabilities.");

    /// <summary>Loss of each row of the last run, 0 of one without a label, times the weight of its class; the plan must have a loss.</summary>
    public ReadOnlySpan<float> Losses => Current.Floats(RequireLoss().Losses);

    /// <summary>Layers whose running statistics were left alone, because a batch was not finite or held one value per channel.</summary>
    public long RefusedCommits => Current.RefusedCommits;

    /// <summary>In tests and Debug builds, memory that is no longer needed is filled with NaN, so that a wrong live range shows.</summary>
    internal bool FillFreedWithNaN
    {
        set => Current.FillFreedWithNaN = value;
    }

    /// <summary>What the plan's update rule keeps.</summary>
    internal OptimizerValues Optimizer => Current.Bindings.Optimizer;

    /// <summary>Measures each step of a run if set.</summary>
    internal StepClock? Clock
    {
        set => Current.Clock = value;
    }

    /// <summary>Runs forward over a batch.</summary>
    /// <param name="inputs">[batch, ...], at most the plan's largest batch.</param>
    /// <exception cref="InvalidOperationException">Another thread is running the executor or using its device, or labels are needed.</exception>
    /// <exception cref="ObjectDisposedException">The executor, its model or its device has been disposed of.</exception>
    public void Forward(ReadOnlySpan<float> inputs)
    {
        using Exclusive.Turn turn = _turn.Enter();
        RequireNoLoss();
        Run(Plan.ForwardSteps, Whole(inputs, default));
    }

    /// <summary>Runs forward over a batch of a network of several inputs.</summary>
    /// <param name="inputs">One for each of <see cref="Graph.Inputs"/>, [batch, ...], at most the plan's largest batch.</param>
    /// <exception cref="ArgumentException">There is not one for each input, or they are not of one batch.</exception>
    /// <exception cref="InvalidOperationException">Another thread is running the executor or using its device, or labels are needed.</exception>
    /// <exception cref="ObjectDisposedException">The executor, its model or its device has been disposed of.</exception>
    public void ForwardAll(ReadOnlySpan<ReadOnlyMemory<float>> inputs)
    {
        using Exclusive.Turn turn = _turn.Enter();
        RequireNoLoss();
        Run(
            Plan.ForwardSteps,
            new RunInput
            {
                Batch = FedBatch.Of(Plan, inputs),
                Inputs = inputs[0].Span,
                Further = inputs[1..],
            }
        );
    }

    /// <summary>Runs forward over a batch and returns the mean loss (0 for an empty batch).</summary>
    /// <exception cref="InvalidOperationException">Another thread is running the executor or using its device.</exception>
    /// <exception cref="ObjectDisposedException">The executor, its model or its device has been disposed of.</exception>
    public double ForwardLoss(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels) =>
        Run(Plan.ForwardSteps, inputs, new Targets(labels));

    /// <summary>The same for a loss that takes float targets, [batch, ...] as the output.</summary>
    public double ForwardLoss(ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets) =>
        Run(Plan.ForwardSteps, inputs, new Targets(targets));

    /// <summary>
    /// Runs forward and backward over a batch: overwrites <see cref="Gradients"/>, changes no parameter and no running statistic,
    /// and returns the mean loss.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another thread is running the executor or using its device, or the plan does not train.</exception>
    /// <exception cref="ObjectDisposedException">The executor, its model or its device has been disposed of.</exception>
    public double ForwardBackward(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels) =>
        Run(StepsToGradients, inputs, new Targets(labels));

    /// <summary>The same for a loss that takes float targets, [batch, ...] as the output.</summary>
    public double ForwardBackward(ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets) =>
        Run(StepsToGradients, inputs, new Targets(targets));

    /// <summary>Runs a whole training step; where its loss or gradients are not finite, nothing is changed.</summary>
    /// <param name="input">This rank's share of a batch.</param>
    /// <exception cref="InvalidOperationException">Another thread is running the executor or using its device, or the plan updates nothing.</exception>
    /// <exception cref="ObjectDisposedException">The executor, its model or its device has been disposed of.</exception>
    internal StepReport Train(in RunInput input)
    {
        using Exclusive.Turn turn = _turn.Enter();
        if (Plan.Options.Update is null)
            throw new InvalidOperationException("This plan updates nothing; build one with an update rule.");
        double loss = RunWithTargets(Plan.Steps.Length, input);
        bool applied = Current.Doubles(Plan.IsFinite)[0] != 0;
        double norm = Plan.GradientNorm is { } measured ? Current.Doubles(measured)[0] : double.NaN;
        return new StepReport(loss, applied ? norm : double.PositiveInfinity, applied);
    }

    /// <summary>Moves the last batch's statistics into the running ones, unless its loss or gradients are not finite. Called once per optimiser step.</summary>
    /// <exception cref="InvalidOperationException">Another thread is running the executor or using its device.</exception>
    /// <exception cref="ObjectDisposedException">The executor, its model or its device has been disposed of.</exception>
    public void Commit()
    {
        using Exclusive.Turn turn = _turn.Enter();
        _model.ThrowIfDisposed();
        Run(
            Plan.ForwardSteps + Plan.BackwardSteps + Plan.UpdateSteps,
            Plan.Steps.Length,
            new RunInput { Batch = _batch }
        );
    }

    /// <summary>A layer's output in the last run; the layer must be observed or be the output.</summary>
    /// <exception cref="GraphException">The layer's value is not kept by this plan.</exception>
    public ReadOnlySpan<float> Value(string layer) =>
        Plan.ValueOf(layer) is { } buffer && IsKept(buffer)
            ? Current.Floats(buffer)
            : throw new GraphException(
                $"The plan does not keep the value of '{layer}'; name it as observed when building."
            );

    /// <summary>The gradient of the mean loss by an observed layer's output in the last run that went backward, [batch, ...].</summary>
    /// <exception cref="GraphException">The plan does not keep gradients of values, or nothing in front of the layer learns.</exception>
    public ReadOnlySpan<float> ValueGradient(string layer) => Current.Floats(Plan.GradientOf(layer));

    /// <summary>Mean per channel of the last batch, as the named batch-normalisation layer saw it.</summary>
    /// <exception cref="GraphException">The plan does not normalise with the batch's statistics there.</exception>
    public ReadOnlySpan<double> BatchMean(string layer) => BatchMoments(layer).Mean;

    /// <summary>Biased variance per channel of the last batch, as the named batch-normalisation layer saw it.</summary>
    /// <exception cref="GraphException">The plan does not normalise with the batch's statistics there.</exception>
    public ReadOnlySpan<double> BatchVariance(string layer) => BatchMoments(layer).Variances();

    /// <summary>Copies moments that a plan keeps, a block of <see cref="ChannelMoments"/>: <c>layer.moments</c>, <c>layer.pairs</c>.</summary>
    internal void CopyKept(string buffer, Span<double> moments) => Kept(buffer).CopyTo(moments);

    /// <summary>A copy of the moments of the last batch, as the named batch-normalisation layer saw it.</summary>
    internal ChannelMoments BatchMoments(string layer) => new(Kept($"{layer}.moments").ToArray());

    /// <summary>Releases the memory; waits for a run on another thread.</summary>
    public void Dispose()
    {
        _turn.Close();
        _program = null;
    }

    private int StepsToGradients =>
        Plan.Options.Mode == PlanMode.Training
            ? Plan.ForwardSteps + Plan.BackwardSteps
            : throw new InvalidOperationException("This plan does not train; build one in training mode.");

    private Program Current
    {
        get
        {
            _turn.Require();
            return _program ?? throw _turn.Closed();
        }
    }

    private static ExecutionPlan PlanFor(Model model, PlanOptions options, Device? device)
    {
        ArgumentNullException.ThrowIfNull(model);
        return ExecutionPlan.Build(model.Graph, options, (device ?? Device.Default).DeviceRules);
    }

    private LossBuffers RequireLoss() => Plan.Loss ?? throw new InvalidOperationException("This plan has no loss.");

    // What was fed in stays the caller's and is not kept.
    private bool IsKept(BufferId buffer) =>
        Plan[buffer].Region == Region.Activation && Plan.Live[buffer.Index].Last == Plan.Steps.Length;

    private ReadOnlySpan<double> Kept(string name) =>
        Plan.KeptOf(name) is { } buffer
            ? Current.Doubles(buffer)
            : throw new GraphException(
                $"The plan keeps no '{name}'; batch statistics exist in training and statistics plans."
            );

    private double Run(int steps, ReadOnlySpan<float> inputs, Targets targets)
    {
        using Exclusive.Turn turn = _turn.Enter();
        return RunWithTargets(steps, Whole(inputs, targets));
    }

    private RunInput Whole(ReadOnlySpan<float> inputs, Targets targets) =>
        new()
        {
            Batch = FedBatch.Of(Plan, inputs.Length),
            Inputs = inputs,
            Targets = targets,
            Scalars = new StepScalars { MeanWeight = _weights.MeanOf(targets.Labels) },
        };

    private double RunWithTargets(int steps, in RunInput input)
    {
        LossBuffers loss = RequireLoss();
        FedBatch.RequireTargets(Plan, input.Targets, input.Batch);
        Run(steps, input);
        return Current.Doubles(loss.Mean)[0];
    }

    private void Run(int steps, in RunInput input)
    {
        _model.ThrowIfDisposed();
        _batch = input.Batch;
        Run(0, steps, input);
    }

    private void Run(int first, int end, in RunInput input)
    {
        // No other thread's kernel comes between two steps, and the device is not disposed of meanwhile.
        using Exclusive.Turn hold = _device.Hold();
        Current.Run(first, end, input);
    }

    private void RequireNoLoss()
    {
        if (Plan.Options.Loss is not null)
            throw new InvalidOperationException("This plan computes a loss, for which it needs labels.");
    }
}
