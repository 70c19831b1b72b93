using Evenkeel.Data.Loading;
using Evenkeel.Data.Sampling;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Training;
using Evenkeel.Training.Schedules;

namespace Evenkeel;

/// <summary>
/// How to train. Results depend on every value except <see cref="Threads"/>, <see cref="Workers"/> and <see cref="Prefetch"/>.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>The largest number of threads that read one batch.</summary>
    public const int MaxWorkers = BatchLoaderOptions.MaxWorkers;

    /// <summary>Examples per batch, 1 or more; 60 as in section 4.1 of the paper.</summary>
    public int BatchSize { get; init; } = 60;

    /// <summary>Passes over the data that <see cref="ModelTraining.Train"/> makes, 1 or more. A <see cref="Trainer"/> ignores it.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>
    /// Steps that <see cref="ModelTraining.Train"/> makes, 1 or more, instead of <see cref="Epochs"/>; null: use <see cref="Epochs"/>.
    /// </summary>
    public long? Steps { get; init; }

    /// <summary>
    /// The loss: <see cref="SoftmaxCrossEntropy"/> for class labels, or a loss for float targets such as <see cref="MeanSquaredError"/>.
    /// </summary>
    public Loss Loss { get; init; } = new SoftmaxCrossEntropy();

    /// <summary>The update rule.</summary>
    public OptimizerConfig Optimizer { get; init; } = new Sgd();

    /// <summary>The learning rate over steps.</summary>
    public LearningRate LearningRate { get; init; } = new ConstantRate(0.1);

    /// <summary>How <see cref="LearningRate"/> is scaled to <see cref="BatchSize"/>; null: not scaled.</summary>
    public RateScaling? Scaling { get; init; }

    /// <summary>Largest Euclidean norm of the gradient of all parameters; a larger gradient is scaled down. Null: no clipping.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Seed of the order of examples.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How examples are shuffled for each epoch.</summary>
    public ShuffleMode Shuffle { get; init; } = ShuffleMode.Full;

    /// <summary>Number of shards for shuffling within shards.</summary>
    public int Shards { get; init; } = 100;

    /// <summary>What happens to the last, smaller batch of an epoch.</summary>
    public LastBatch LastBatch { get; init; } = LastBatch.Drop;

    /// <summary>What to do with a batch whose loss is not finite.</summary>
    public NonFiniteLossPolicy OnNonFiniteLoss { get; init; }

    /// <summary>
    /// Number of consecutive slices of each batch, 1 or more. Slices share batch statistics and their gradients are added. Ranks divide the
    /// slices among them, so it must be a multiple of the number of ranks. Results depend on the number of slices, and not on the number of
    /// ranks.
    /// </summary>
    public int Slices { get; init; } = 1;

    /// <summary>
    /// Number of micro-batches of a step, 1 or more: consecutive parts of each slice that are computed one after the other in the memory of
    /// one. Each has its own batch statistics. The gradient is that of the mean loss over the whole batch, and there is one update per
    /// step. Results depend on it.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>How ranks add their gradients; with <see cref="ExchangeMode.Fast"/> results depend on the number of ranks.</summary>
    public ExchangeMode Exchange { get; init; }

    /// <summary>
    /// How activations are stored until the backward pass reads them: <see cref="ElementType.Float32"/>, or
    /// <see cref="ElementType.BFloat16"/> in half the memory. Arithmetic, statistics and weights stay float32.
    /// </summary>
    public ElementType KeepActivations { get; init; }

    /// <summary>
    /// The most work of convolutions that the backward pass may do again to keep fewer activations: a share of the forward pass's, 0 to 1. Results
    /// have the same bits for any.
    /// </summary>
    public double Recompute { get; init; }

    /// <summary>Number of threads, if the trainer is given no device; results have the same bits for any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Number of threads that read the examples of one batch, 1 to 64; use more than 1 for images that are decoded or augmented. Results
    /// have the same bits for any number.
    /// </summary>
    public int Workers { get; init; } = 1;

    /// <summary>Number of batches that a background thread prefetches; 0: none.</summary>
    public int Prefetch { get; init; } = 4;

    /// <summary>As of <see cref="PlanOptions.BucketBytes"/>; the bits of the result do not depend on it.</summary>
    internal long BucketBytes { get; init; } = PlanOptions.DefaultBucketBytes;

    /// <summary>The rate of step <paramref name="step"/>, counted from 0: the schedule's, scaled to the batch size.</summary>
    public double RateAt(long step) => LearningRate.At(step) * (Scaling?.Factor(BatchSize) ?? 1);

    /// <summary>The plan of a training step.</summary>
    /// <param name="batch">Largest batch.</param>
    internal PlanOptions PlanOf(int batch) =>
        new(PlanMode.Training, batch)
        {
            Loss = Loss,
            Seed = Seed,
            Update = Optimizer,
            ClipNorm = ClipNorm,
            Slices = Slices,
            Accumulate = Accumulate,
            Exchange = Exchange,
            BucketBytes = BucketBytes,
            KeepActivations = KeepActivations,
            Recompute = Recompute,
        };

    /// <summary>Throws if a value is outside its range.</summary>
    /// <exception cref="ArgumentException">Names the value and its range.</exception>
    public void Validate()
    {
        if (BatchSize < 1)
            throw new ArgumentException($"the batch size must be 1 or more, not {BatchSize}");
        if (Epochs < 1)
            throw new ArgumentException($"epochs must be 1 or more, not {Epochs}");
        if (Steps < 1)
            throw new ArgumentException($"steps must be 1 or more, not {Steps}");
        if (Slices < 1 || Slices > BatchSize)
            throw new ArgumentException($"slices must be 1 to the batch size, {BatchSize}, not {Slices}");
        if (Accumulate < 1 || Accumulate > BatchSize / Slices)
            throw new ArgumentException(
                $"accumulate must be 1 to the examples of a slice, {BatchSize / Slices}, not {Accumulate}"
            );
        if (KeepActivations is not (ElementType.Float32 or ElementType.BFloat16))
            throw new ArgumentException($"activations are kept as Float32 or BFloat16, not {KeepActivations}");
        if (!(Recompute is >= 0 and <= 1))
            throw new ArgumentException($"the share of work to compute again must be 0 to 1, not {Recompute}");
        if (ClipNorm is { } norm && !(norm > 0))
            throw new ArgumentException($"the norm to clip to must be above 0, not {norm}");
        if (Threads is < 1 or > 1024)
            throw new ArgumentException($"threads must be 1 to 1024, not {Threads}");
        if (Workers is < 1 or > MaxWorkers)
            throw new ArgumentException($"workers must be 1 to {MaxWorkers}, not {Workers}");
        Loss.Validate();
        Optimizer.Validate();
        LearningRate.Validate();
        Scaling?.Validate();
        if (!float.IsFinite((float)RateAt(0)))
            throw new ArgumentException(
                $"the learning rate, scaled to batches of {BatchSize}, is beyond {float.MaxValue:G2}, the range of float32"
            );
    }
}
