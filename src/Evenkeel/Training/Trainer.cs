using Evenkeel.Data.Loading;
using Evenkeel.Execution;
using Evenkeel.Kernels.Threading;
using Evenkeel.Normalization;
using Evenkeel.Planning;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel;

/// <summary>
/// Trains a model step by step: batch, forward, backward, update, commit of the running statistics. After the first steps, a step allocates
/// nothing. Equal models, data and options give the same bits on any number of threads. One thread at a time may use it; a call from
/// another thread throws and changes nothing.
/// </summary>
public sealed class Trainer : IDisposable
{
    private readonly Exclusive _turn = new("trainer");
    private readonly BatchTrainer _batches;
    private readonly Communicator? _ranks;
    private readonly BatchShare _share;
    private BatchLoader _loader;

    /// <summary>Plans the training of a model.</summary>
    /// <param name="model">Changed in place. The caller disposes of it; later steps throw.</param>
    /// <param name="data">Training examples; their shape must have as many values as the network's input.</param>
    /// <param name="options">How to train.</param>
    /// <param name="device">
    /// The device, which the caller disposes of. Null: the trainer creates one with <see cref="TrainingOptions.Threads"/> threads.
    /// </param>
    /// <param name="ranks">See <see cref="BatchTrainer"/>.</param>
    public Trainer(
        Model model,
        IDataset data,
        TrainingOptions options,
        Device? device = null,
        Communicator? ranks = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        DatasetCompatibility.Require(model.Graph, data, options.Loss);
        (Data, Options, _ranks) = (data, options, ranks);
        _share = BatchTrainer.ShareOf(ranks);
        _loader = OpenLoader(default);
        try
        {
            _batches = new BatchTrainer(model, _loader.Layout.MaxBatch, options, device, ranks);
        }
        catch
        {
            _loader.Dispose();
            throw;
        }
    }

    /// <summary>The model being trained.</summary>
    public Model Model => _batches.Model;

    /// <summary>How it is trained.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The training data.</summary>
    public IDataset Data { get; }

    /// <summary>The device that computes; between steps evaluations may use it.</summary>
    public Device Device => _batches.Device;

    /// <summary>The plan, for inspection.</summary>
    internal ExecutionPlan Plan => _batches.Plan;

    /// <summary>Steps of one pass over the data.</summary>
    public int StepsPerEpoch => _loader.Layout.BatchesPerEpoch;

    /// <summary>Steps done, skipped batches included.</summary>
    public long StepsDone => _batches.StepsDone;

    /// <summary>Batches skipped because their loss was not finite.</summary>
    public long SkippedBatches => _batches.SkippedBatches;

    /// <summary>Number of updates: steps that were not skipped.</summary>
    public long Updates => _batches.Updates;

    /// <summary>Position of the next batch in the data; a failed step does not advance it.</summary>
    public LoaderPosition Position { get; private set; }

    /// <summary>Gradients of the last step, in the layout of <see cref="Model.Trainable"/>.</summary>
    public ReadOnlySpan<float> Gradients => _batches.Gradients;

    /// <summary>
    /// Gives all ranks the state of rank 0, with its position in the data; for example after loading a checkpoint. Does nothing with one
    /// rank.
    /// </summary>
    /// <exception cref="CommunicatorException">The ranks have different networks, options or data.</exception>
    public void JoinRanks()
    {
        using Exclusive.Turn turn = _turn.Enter();
        using Exclusive.Turn hold = Device.Hold();
        Model.ThrowIfDisposed();
        if (_ranks is not { Size: > 1 } ranks)
            return;
        RankAgreement.Require(ranks, "training data", RankAgreement.HashOf(Data));
        _batches.JoinRanks();
        int[] position = [Position.Epoch, Position.Batch];
        ranks.Broadcast<int>(position);
        ContinueFrom(StepsDone, Updates, SkippedBatches, new LoaderPosition(position[0], position[1]));
    }

    /// <summary>Trains on the next batch.</summary>
    /// <exception cref="NonFiniteLossException">
    /// The loss is NaN or infinite and <see cref="TrainingOptions.OnNonFiniteLoss"/> is to fail; nothing was changed.
    /// </exception>
    /// <exception cref="Normalization.SingleValuePerChannelException">See <see cref="SingleValuePolicy"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another thread is in a step or using <see cref="Device"/>; nothing was changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">
    /// The trainer, its model or its device has been disposed of; nothing was changed.
    /// </exception>
    public StepResult Step()
    {
        using Exclusive.Turn turn = _turn.Enter();
        // Whatever refuses the step does so before a batch is taken.
        Model.ThrowIfDisposed();
        using Exclusive.Turn hold = Device.Hold();
        Batch batch = _loader.Next();
        StepResult result = _batches.StepOnShare(batch.Inputs.Span, TargetsOf(batch), batch.WholeCount) with
        {
            Epoch = batch.Epoch,
        };
        Position = _loader.Position;
        return result;
    }

    /// <summary>Trains until <paramref name="steps"/> steps are done in total, or until cancelled between two steps.</summary>
    /// <param name="steps">Total number of steps, including those already done.</param>
    /// <param name="afterStep">Called after each step; it may save, evaluate, or dispose of the trainer, which ends the run.</param>
    /// <param name="cancellation">Ends training after the current step.</param>
    /// <returns>Whether all steps were done.</returns>
    /// <exception cref="InvalidOperationException">See <see cref="Step"/>; thrown before a step or between two steps.</exception>
    /// <exception cref="ObjectDisposedException">See <see cref="Step"/>; thrown before a step or between two steps.</exception>
    public bool Run(long steps, Action<StepResult>? afterStep = null, CancellationToken cancellation = default)
    {
        _turn.Require();
        while (StepsDone < steps)
        {
            if (cancellation.IsCancellationRequested)
                return false;
            StepResult result = Step();
            afterStep?.Invoke(result);
        }

        return true;
    }

    /// <summary>Ends the threads and lets go of the memory; waits for a step on another thread, or refuses the step if it has no batch yet.</summary>
    public void Dispose()
    {
        _turn.Refuse();
        // First, so that nobody waits for a batch; again, because a checkpoint may have been loading, which opens another.
        _loader.Dispose();
        _turn.Close();
        _loader.Dispose();
        _batches.Dispose();
    }

    /// <summary>What the update rule keeps.</summary>
    internal OptimizerValues Optimizer => _batches.Optimizer;

    /// <summary>Keeps other threads from stepping, and this object from being disposed of, until the turn ends.</summary>
    internal Exclusive.Turn Enter() => _turn.Enter();

    /// <summary>Goes on from where another trainer stood; model and optimiser values are the caller's to restore.</summary>
    internal void ContinueFrom(long stepsDone, long updates, long skipped, LoaderPosition position)
    {
        BatchLoader loader = OpenLoader(position);
        _batches.ContinueFrom(stepsDone, updates, skipped);
        _loader.Dispose();
        _loader = loader;
        Position = position;
    }

    private Targets TargetsOf(Batch batch) =>
        Data is ITargetDataset ? new Targets(batch.Targets.Span) : new Targets(batch.Labels.Span);

    private BatchLoader OpenLoader(LoaderPosition position) =>
        new(
            Data,
            new BatchLoaderOptions
            {
                BatchSize = Options.BatchSize,
                Shuffle = Options.Shuffle,
                Seed = Options.Seed,
                Shards = Options.Shards,
                LastBatch = Options.LastBatch,
                Prefetch = Options.Prefetch,
                Workers = Options.Workers,
                Share = _share,
                Start = position,
            }
        );
}
