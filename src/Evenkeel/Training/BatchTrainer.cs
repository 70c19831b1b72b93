using Evenkeel.Data.Loading;
using Evenkeel.Execution;
using Evenkeel.Kernels.Loss;
using Evenkeel.Kernels.Threading;
using Evenkeel.Normalization;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Training;

/// <summary>
/// One training step on a batch that the caller brings: forward, backward, update, commit of the running statistics. For data that
/// comes from elsewhere than a data set; <see cref="Trainer"/> puts shuffling, prefetch and resuming on top. A step allocates nothing.
/// One thread trains at a time, another is refused before anything is changed.
/// </summary>
public sealed class BatchTrainer : IDisposable
{
    /// <summary>
    /// The label of an example that does not count, or of a position that does not (PyTorch's <c>ignore_index</c> is -100 where nothing is said).
    /// </summary>
    public const int NoLabel = CrossEntropy.NoLabel;

    private readonly Exclusive _turn = new("trainer");
    private readonly Executor _executor;
    private readonly TrainingOptions _options;
    private readonly Device? _own;
    private readonly Communicator? _ranks;
    private readonly BatchShare _share;
    private readonly LabelMask _mask;
    private readonly LabelWeights _weights;

    /// <summary>Plans the training of a model.</summary>
    /// <param name="model">Changed in place. The caller disposes of it; later steps throw.</param>
    /// <param name="maxBatch">Largest batch, 1 or more.</param>
    /// <param name="options">How to train; what concerns the choice of examples is not used here.</param>
    /// <param name="device">
    /// The device, which the caller disposes of. Null: the trainer creates one with <see cref="TrainingOptions.Threads"/> threads.
    /// </param>
    /// <param name="ranks">
    /// This rank's end of a group that trains as one, which shares out <see cref="TrainingOptions.Slices"/>; null where it trains alone.
    /// Every rank takes all steps with whole batches, of which it computes its slices; it begins by <see cref="JoinRanks"/>.
    /// </param>
    /// <exception cref="ArgumentException">An option is out of range, or the ranks do not divide the slices.</exception>
    public BatchTrainer(
        Model model,
        int maxBatch,
        TrainingOptions options,
        Device? device = null,
        Communicator? ranks = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_options, _ranks) = (options, ranks);
        _share = ShareOf(ranks);
        if (options.Slices % (ranks?.Size ?? 1) != 0)
            throw new ArgumentException(
                $"{options.Slices} slices are not a multiple of {ranks!.Size} ranks; set slices to a multiple of {ranks.Size}"
            );
        Model = model;
        Device = device ?? (_own = Device.Cpu(options.Threads));
        try
        {
            _executor = new Executor(
                ExecutionPlan.Build(model.Graph, options.PlanOf(maxBatch), Device.DeviceRules),
                model,
                Device,
                null,
                ranks
            );
        }
        catch
        {
            _own?.Dispose();
            throw;
        }

        _mask = new LabelMask(Plan, _share);
        _weights = new LabelWeights(Plan, ranks);
    }

    /// <summary>The model being trained.</summary>
    public Model Model { get; }

    /// <summary>The device that computes; between steps evaluations may use it.</summary>
    public Device Device { get; }

    /// <summary>The plan, for inspection.</summary>
    internal ExecutionPlan Plan => _executor.Plan;

    private int TargetLength => Plan[Plan.Loss!.Targets].PerExample;

    /// <summary>Steps done, skipped batches included.</summary>
    public long StepsDone { get; private set; }

    /// <summary>Batches skipped because their loss was not finite.</summary>
    public long SkippedBatches { get; private set; }

    /// <summary>Updates made: steps without those that were skipped, and without those in which no example counted.</summary>
    public long Updates { get; private set; }

    /// <summary>Gradients of the last step, in the layout of <see cref="Model.Trainable"/>.</summary>
    public ReadOnlySpan<float> Gradients => _executor.Gradients;

    /// <summary>
    /// Trains on a batch. An example without a label takes part in nothing: the step is that on the batch without it, to the last bit, on
    /// any number of slices and ranks. If none has a label, the step counts and changes nothing; its loss is 0.
    /// </summary>
    /// <param name="inputs">[batch, ...], row by row; read during the call only.</param>
    /// <param name="labels">
    /// [batch] classes, or <see cref="NoLabel"/> for an example to ignore. Where the network's output has several positions, [batch,
    /// positions]; the loss is the mean over the positions that have a label. A <see cref="CustomLoss"/> takes
    /// <see cref="CustomLoss.TargetLength"/> labels of an example, all or none.
    /// </param>
    /// <exception cref="NonFiniteLossException">
    /// The loss is NaN or infinite and <see cref="TrainingOptions.OnNonFiniteLoss"/> is to fail; nothing was changed.
    /// </exception>
    /// <exception cref="Normalization.SingleValuePerChannelException">See <see cref="SingleValuePolicy"/>.</exception>
    /// <exception cref="ArgumentException">The spans are not a batch, or a label is out of range; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another thread is in a step or using <see cref="Device"/>; nothing was changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">
    /// The trainer, its model or its device has been disposed of; nothing was changed.
    /// </exception>
    public StepResult Step(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        using Exclusive.Turn turn = _turn.Enter();
        using Exclusive.Turn hold = Device.Hold();
        FedBatch.Of(Plan, inputs, new Targets(labels));
        CountedExamples counted = _mask.Share(inputs, labels);
        return counted.Total > 0 ? Take(counted) : TakeNothing();
    }

    /// <summary>Trains on a batch by a loss that takes float targets; all else is as with labels, and every example counts.</summary>
    /// <param name="inputs">[batch, ...], row by row; read during the call only.</param>
    /// <param name="targets">
    /// [batch, ...] of the shape of the network's output or of <see cref="CustomLoss.TargetLength"/>, finite numbers; read during the call
    /// only. Leave out examples without a target.
    /// </param>
    /// <exception cref="NonFiniteLossException">
    /// The loss is NaN or infinite and <see cref="TrainingOptions.OnNonFiniteLoss"/> is to fail; nothing was changed.
    /// </exception>
    /// <exception cref="Normalization.SingleValuePerChannelException">See <see cref="SingleValuePolicy"/>.</exception>
    /// <exception cref="ArgumentException">The spans are not a batch, or a target is not finite; nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another thread is in a step or using <see cref="Device"/>; nothing was changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">
    /// The trainer, its model or its device has been disposed of; nothing was changed.
    /// </exception>
    public StepResult Step(ReadOnlySpan<float> inputs, ReadOnlySpan<float> targets)
    {
        using Exclusive.Turn turn = _turn.Enter();
        using Exclusive.Turn hold = Device.Hold();
        int batch = FedBatch.Of(Plan, inputs, new Targets(targets));
        if (batch == 0)
            return TakeNothing();
        (int first, int count) = _share.Of(batch);
        int values = Model.Graph.Input.Shape.Count,
            length = TargetLength;
        RequireFinite(targets, 0);
        return Take(
            new CountedExamples
            {
                Inputs = inputs.Slice(first * values, count * values),
                Targets = new Targets(targets.Slice(first * length, count * length)),
                Total = batch,
            }
        );
    }

    /// <summary>
    /// Gives all ranks the state of the first: parameters, running statistics, what the optimiser keeps, and counters. Does nothing with
    /// one rank.
    /// </summary>
    /// <exception cref="CommunicatorException">A rank trains another network or by other options.</exception>
    public void JoinRanks()
    {
        using Exclusive.Turn turn = _turn.Enter();
        using Exclusive.Turn hold = Device.Hold();
        Model.ThrowIfDisposed();
        if (_ranks is not { Size: > 1 } ranks)
            return;
        RankAgreement.Require(ranks, "network or plan", RankAgreement.HashOf(Plan));
        RankAgreement.Require(ranks, "training options", RankAgreement.HashOf(_options));
        long[] counters = [StepsDone, Updates, SkippedBatches];
        ranks.Broadcast<long>(counters);
        ContinueFrom(counters[0], counters[1], counters[2]);
        RankAgreement.Share(ranks, Model.Memory.Parameters, Model.Memory.State, Optimizer.Memory);
    }

    /// <summary>The part of each batch that a rank computes: its slices.</summary>
    internal static BatchShare ShareOf(Communicator? ranks) =>
        ranks is null ? BatchShare.Whole : new BatchShare(ranks.Rank, ranks.Size);

    /// <summary>Trains on a batch of which this rank has read its share alone.</summary>
    /// <param name="inputs">[share, ...].</param>
    /// <param name="targets">[share] classes, or floats as the output has.</param>
    /// <param name="batch">Examples of the whole batch.</param>
    internal StepResult StepOnShare(ReadOnlySpan<float> inputs, Targets targets, int batch)
    {
        using Exclusive.Turn turn = _turn.Enter();
        using Exclusive.Turn hold = Device.Hold();
        RequireFinite(targets.Values, _share.Of(batch).First);
        return Take(
            new CountedExamples
            {
                Inputs = inputs,
                Targets = targets,
                Total = batch,
            }
        );
    }

    /// <summary>What the update rule keeps.</summary>
    internal OptimizerValues Optimizer => _executor.Optimizer;

    /// <summary>Measures each step of the plan if set.</summary>
    internal StepClock? Clock
    {
        set => _executor.Clock = value;
    }

    /// <summary>Ends the threads and lets go of the memory; waits for a step on another thread.</summary>
    public void Dispose()
    {
        _turn.Close();
        _executor.Dispose();
        _own?.Dispose();
    }

    /// <summary>Counts as another trainer did when it stopped; model and optimiser values are the caller's to restore.</summary>
    internal void ContinueFrom(long stepsDone, long updates, long skipped)
    {
        StepsDone = stepsDone;
        SkippedBatches = skipped;
        Updates = updates;
    }

    private StepResult Take(CountedExamples examples)
    {
        _ranks?.Step = StepsDone + 1;
        double rate = _options.RateAt(StepsDone);
        StepReport report = _executor.Train(
            new RunInput
            {
                Batch = examples.Inputs.Length / Model.Graph.Input.Shape.Count,
                Total = examples.Total,
                Inputs = examples.Inputs,
                Targets = examples.Targets,
                Scalars = new StepScalars((ulong)StepsDone, rate, Updates + 1)
                {
                    MeanWeight = _weights.MeanOf(examples.Targets.Labels),
                },
            }
        );
        if (!report.Applied && _options.OnNonFiniteLoss == NonFiniteLossPolicy.Fail)
            throw NonFinite(report.Loss, examples);
        if (report.Applied)
            Updates++;
        else
            SkippedBatches++;
        StepsDone++;
        return new StepResult(StepsDone, report.Loss, rate, examples.Total, 0, report.GradientNorm, report.Applied);
    }

    private void RequireFinite(ReadOnlySpan<float> targets, int first)
    {
        var wrong = NonFiniteValue.Find(targets, TargetLength, first);
        if (wrong.Example >= 0)
            throw new ArgumentException(
                $"Target {wrong.Index} of example {wrong.Example} of the batch is {wrong.Value}; leave out examples without a target."
            );
    }

    // All ranks see that no example counts, and none waits for another.
    private StepResult TakeNothing()
    {
        Model.ThrowIfDisposed();
        double rate = _options.RateAt(StepsDone);
        StepsDone++;
        return new StepResult(StepsDone, 0, rate, 0, 0, double.NaN, Applied: false);
    }

    private NonFiniteLossException NonFinite(double loss, CountedExamples examples)
    {
        int first = _share.Of(examples.Total).First;
        var input = NonFiniteValue.Find(examples.Inputs, Model.Graph.Input.Shape.Count, first).FirstOf(_ranks);
        string cause = (input with { Example = examples.PlaceOf(input.Example) }).Cause;
        return new NonFiniteLossException(
            $"Step {StepsDone + 1}: the loss is {loss}{(double.IsFinite(loss) ? " but its gradients are not finite" : "")}; {cause}. This step changed no parameters and no running statistics."
        );
    }
}
