using Evenkeel.Graphs;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Planning;

namespace Evenkeel.Execution;

/// <summary>
/// Runs a plan over a model's tensors: one loop over steps, nothing allocated per run. One thread uses an executor at a time;
/// several executors may share a model as long as only one of them trains it.
/// </summary>
public sealed unsafe class Executor : IDisposable
{
    private readonly ExecutionPlan _plan;
    private readonly Model _model;
    private readonly MemoryBlock _activations;
    private readonly MemoryBlock? _gradients;
    private readonly CpuContext _context;
    private readonly Action<Step, CpuContext>[] _runners;
    private readonly int _inputBuffer;
    private bool _disposed;

    /// <summary>Allocates the plan's arenas and binds its steps to the CPU's kernels.</summary>
    /// <param name="plan">A plan of the model's network.</param>
    /// <param name="model">Tensors; must outlive the executor.</param>
    /// <param name="pool">Threads; must outlive the executor.</param>
    /// <exception cref="GraphException">The plan was built of another network than the model's.</exception>
    public Executor(ExecutionPlan plan, Model model, WorkerPool pool)
        : this(plan, model, pool, null) { }

    /// <summary>The same by weights that were packed for the plan; they must outlive the executor.</summary>
    internal Executor(ExecutionPlan plan, Model model, WorkerPool pool, PackedWeights? packed)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pool);
        foreach (BufferInfo buffer in plan.Buffers)
            RequireTensor(model, buffer);
        _plan = plan;
        _model = model;
        _activations = new MemoryBlock(plan.ActivationBytes);
        if (plan.Options.Mode == PlanMode.Training)
            _gradients = new MemoryBlock(model.Layout.TrainableBytes);
        _context = new CpuContext(plan, pool, packed);
        _runners = [.. plan.Steps.Select(CpuBackend.RunnerOf)];
        _inputBuffer = plan.ValueOf(plan.Graph.Input.Name)!.Value;
        for (int i = 0; i < plan.Buffers.Length; i++)
            _context.Bind(i, Address(i));
#if DEBUG
        FillFreedWithNaN = true;
#endif
    }

    /// <summary>The plan that is run.</summary>
    public ExecutionPlan Plan => _plan;

    /// <summary>Gradients of all trainable parameters, laid out as <see cref="Model.Trainable"/>.</summary>
    /// <exception cref="InvalidOperationException">The plan does not train.</exception>
    public Span<float> Gradients =>
        _gradients is { } block
            ? block.Span<float>(0, (int)(block.Bytes / 4))
            : throw new InvalidOperationException("This plan does not train and has no gradients.");

    /// <summary>The network's primary output of the last run, [batch, ...].</summary>
    public ReadOnlySpan<float> Output => OutputAt(0);

    /// <summary>One of the network's outputs of the last run, [batch, ...].</summary>
    /// <param name="index">Its place in <see cref="Graph.Results"/>.</param>
    /// <exception cref="GraphException">The output is what was fed in.</exception>
    public ReadOnlySpan<float> OutputAt(int index) => Value(_plan.Graph.OutputNames[index]);

    /// <summary>Class probabilities of the last run; the plan must have a loss.</summary>
    public ReadOnlySpan<float> Probabilities => Floats(RequireLoss(_plan.Probabilities));

    /// <summary>Loss of each row of the last run; the plan must have a loss.</summary>
    public ReadOnlySpan<float> Losses => Floats(RequireLoss(_plan.Losses));

    /// <summary>Layers whose running statistics were left alone, because a batch was not finite or held one value per channel.</summary>
    public long RefusedCommits => _context.RefusedCommits;

    /// <summary>In tests and Debug builds, memory that is no longer needed is filled with NaN, so that a wrong live range shows.</summary>
    internal bool FillFreedWithNaN { get; set; }

    /// <summary>Number of the training step, for layers that draw random numbers.</summary>
    internal ulong StepNumber
    {
        set => _context.StepNumber = value;
    }

    /// <summary>Measures each step of a run if set.</summary>
    internal StepClock? Clock { get; set; }

    /// <summary>Runs forward over a batch.</summary>
    /// <param name="inputs">[batch, ...], at most the plan's largest batch.</param>
    public void Forward(ReadOnlySpan<float> inputs)
    {
        if (_plan.Options.Loss is not null)
            throw new InvalidOperationException("This plan computes a loss, for which it needs labels.");
        fixed (float* x = inputs)
        {
            Begin(inputs, x);
            Run(0, _plan.ForwardSteps);
        }
    }

    /// <summary>Runs forward over a batch and returns the mean loss (0 for an empty batch).</summary>
    public double ForwardLoss(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        fixed (float* x = inputs)
        fixed (int* t = labels)
        {
            Begin(inputs, x);
            BindLabels(labels, t);
            Run(0, _plan.ForwardSteps);
            return MeanLoss();
        }
    }

    /// <summary>
    /// Runs forward and backward over a batch: overwrites <see cref="Gradients"/>, changes no parameter and no running statistic,
    /// and returns the mean loss.
    /// </summary>
    public double ForwardBackward(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        if (_plan.Options.Mode != PlanMode.Training)
            throw new InvalidOperationException("This plan does not train; build one in training mode.");
        fixed (float* x = inputs)
        fixed (int* t = labels)
        {
            Begin(inputs, x);
            BindLabels(labels, t);
            Run(0, _plan.ForwardSteps + _plan.BackwardSteps);
            return MeanLoss();
        }
    }

    /// <summary>Moves the last batch's statistics into the running ones. Called once per optimiser step.</summary>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Run(_plan.ForwardSteps + _plan.BackwardSteps, _plan.Steps.Length);
    }

    /// <summary>A layer's output in the last run; the layer must be observed or be the output.</summary>
    /// <exception cref="GraphException">The layer's value is not kept by this plan.</exception>
    public ReadOnlySpan<float> Value(string layer) =>
        _plan.ValueOf(layer) is { } buffer && IsKept(buffer)
            ? Floats(buffer)
            : throw new GraphException(
                $"The plan does not keep the value of '{layer}'; name it as observed when building."
            );

    /// <summary>Mean per channel of the last batch, as the named batch-normalisation layer saw it.</summary>
    public ReadOnlySpan<double> BatchMean(string layer) => Kept($"{layer}.batch_mean");

    /// <summary>Biased variance per channel of the last batch, as the named batch-normalisation layer saw it.</summary>
    public ReadOnlySpan<double> BatchVariance(string layer) => Kept($"{layer}.batch_var");

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _activations.Dispose();
        _gradients?.Dispose();
    }

    private static int RequireLoss(int buffer) =>
        buffer >= 0 ? buffer : throw new InvalidOperationException("This plan has no loss.");

    // Addresses are computed once, so a plan of other sizes would reach outside the model's memory.
    private static void RequireTensor(Model model, BufferInfo buffer)
    {
        bool gradient = buffer.Region == Region.Gradient;
        if (!gradient && buffer.Region is not (Region.Parameter or Region.State))
            return;
        TensorSpec tensor = model.Layout[gradient ? buffer.Name["d ".Length..] : buffer.Name].Tensor.Spec;
        if (tensor.Count != buffer.Fixed || tensor.Type != buffer.Type || (gradient && !tensor.Trainable))
        {
            throw new GraphException(
                $"The plan's '{buffer.Name}' ({buffer.Fixed} values) does not fit the model's ({tensor.Count} values, "
                    + $"{(tensor.Trainable ? "" : "not ")}trainable); build the plan of the model's own network."
            );
        }
    }

    private Span<float> Floats(int buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _activations.Keeping(_context.Floats(buffer));
    }

    // What was fed in stays the caller's and is not kept.
    private bool IsKept(int buffer) =>
        _plan.Buffers[buffer].Region == Region.Activation && _plan.Live[buffer].Last == _plan.Steps.Length;

    private ReadOnlySpan<double> Kept(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _plan.KeptOf(name) is { } buffer
            ? _activations.Keeping(_context.Doubles(buffer))
            : throw new GraphException(
                $"The plan keeps no '{name}'; batch statistics exist in training and statistics plans."
            );
    }

    private byte* Address(int buffer)
    {
        BufferInfo info = _plan.Buffers[buffer];
        return info.Region switch
        {
            Region.Parameter or Region.State => _model.Pointer(info.Name),
            Region.Gradient => _gradients!.Pointer + _model.Layout[info.Name["d ".Length..]].ByteOffset,
            Region.Activation when info.View is { } view => Address(view.Base)
                + (view.Offset * BufferInfo.SizeOf(info.Type)),
            Region.Activation when _plan.Offsets[buffer] >= 0 => _activations.Pointer + _plan.Offsets[buffer],
            _ => null,
        };
    }

    private void Begin(ReadOnlySpan<float> inputs, float* address)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int count = _plan.Graph.Input.Shape.Count;
        int batch = inputs.Length / count;
        if (batch * count != inputs.Length)
            throw new ArgumentException(
                $"{inputs.Length} input values are not a whole number of examples of {count}.",
                nameof(inputs)
            );
        if (batch > _plan.Options.MaxBatch)
            throw new ArgumentException(
                $"A batch of {batch} exceeds the plan's largest, {_plan.Options.MaxBatch}.",
                nameof(inputs)
            );
        _context.Batch = batch;
        _context.Bind(_inputBuffer, (byte*)address);
    }

    private void BindLabels(ReadOnlySpan<int> labels, int* address)
    {
        int expected = _context.Batch * _plan.Graph.Output.Shape.Positions;
        RequireLoss(_plan.Labels);
        if (labels.Length != expected)
            throw new ArgumentException($"{labels.Length} labels for {expected} rows.", nameof(labels));
        _context.Bind(_plan.Labels, (byte*)address);
    }

    private double MeanLoss()
    {
        ReadOnlySpan<float> losses = Losses;
        double sum = 0;
        foreach (float loss in losses)
            sum += loss;
        return losses.IsEmpty ? 0 : sum / losses.Length;
    }

    private void Run(int first, int end)
    {
        Clock?.Begin();
        for (int i = first; i < end; i++)
        {
            _runners[i](_plan.Steps[i], _context);
            Clock?.Mark(i);
            if (FillFreedWithNaN)
                FillFreed(i);
        }

        // Kernels have addresses alone: what they point into lives until the last one is done.
        GC.KeepAlive(this);
    }

    private void FillFreed(int step)
    {
        for (int i = 0; i < _plan.Buffers.Length; i++)
        {
            if (_plan.Offsets[i] >= 0 && _plan.Live[i].Last == step)
                new Span<byte>(_context.Pointer(i), (int)_plan.Buffers[i].Bytes(_context.Batch)).Fill(0xFF);
        }
    }
}
