using System.Collections.Immutable;
using Evenkeel.Graphs;

namespace Evenkeel.Lowering;

/// <summary>What a plan is for; chosen when it is built, so no step asks.</summary>
public enum PlanMode
{
    /// <summary>Running statistics, forward only.</summary>
    Inference,

    /// <summary>Batch statistics, forward only, nothing committed: for measuring population statistics and for probes.</summary>
    BatchStatistics,

    /// <summary>Batch statistics, loss, backward and the commit of running statistics.</summary>
    Training,
}

/// <summary>How ranks add their gradients. What they exchange for normalisation and loss is exact in either.</summary>
public enum ExchangeMode
{
    /// <summary>Along one tree over slices: the same bits on any number of ranks.</summary>
    Exact,

    /// <summary>By the all-reduce of the engine: the last bits depend on the engine and on the number of ranks.</summary>
    Fast,
}

/// <summary>How to build a plan.</summary>
/// <param name="Mode">What the plan is for.</param>
/// <param name="MaxBatch">Largest batch; any smaller one runs on the plan as well.</param>
public sealed record PlanOptions(PlanMode Mode, int MaxBatch)
{
    /// <summary>
    /// Over a link of 10 Gbit/s as many bytes take 7 ms both ways, beside which the rounds of eight ranks, some 50 us each, weigh little; and
    /// the last bucket, which no computation hides, is short beside a backward pass of so many gradients.
    /// </summary>
    internal const long DefaultBucketBytes = 4 << 20;

    private readonly HashSet<string> _observed = [];

    /// <summary>The loss behind the output; needed for training, optional otherwise.</summary>
    public Loss? Loss { get; init; }

    /// <summary>How a training plan moves parameters by their gradients; null where it only computes gradients.</summary>
    public OptimizerConfig? Update { get; init; }

    /// <summary>Largest Euclidean norm of the gradient of all parameters; a larger gradient is scaled down. Null: no clipping.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Layers whose output must be readable after a run: it is neither fused away nor overwritten.</summary>
    public ImmutableArray<string> Observed
    {
        get;
        init => (field, _observed) = (value, [.. value]);
    } = [];

    /// <summary>Whether a plan that trains keeps the gradients of the observed outputs too.</summary>
    public bool ObserveGradients { get; init; }

    /// <summary>Seed of the random numbers that layers draw while training.</summary>
    public ulong Seed { get; init; }

    /// <summary>Names of rewrite rules to leave out.</summary>
    public ImmutableArray<string> DisabledRules { get; init; } = [];

    /// <summary>
    /// Consecutive parts of a batch in training, 1 or more: they are computed one by one, share the statistics of batch normalisation and add
    /// their gradients. The results depend on their number, and not on which process or thread computes which.
    /// </summary>
    public int Slices { get; init; } = 1;

    /// <summary>How ranks add their gradients.</summary>
    public ExchangeMode Exchange { get; init; }

    /// <summary>Bytes from which on a bucket of gradients is exchanged.</summary>
    internal long BucketBytes { get; init; } = DefaultBucketBytes;

    /// <summary>
    /// Consecutive parts of each slice in training, 1 or more, that are computed one after the other in the same memory: the first parts of all
    /// slices are a micro-batch with statistics of its own, then the second ones, and so on. Their gradients are added before the update.
    /// </summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Examples that are computed at a time: of the largest part of a slice.</summary>
    internal int SliceBatch => (int)Math.Ceiling(MaxBatch / ((double)Slices * Accumulate));

    /// <summary>Whether steps of exchange stand between those of the slices.</summary>
    internal bool Exchanges => Mode == PlanMode.Training && (Slices > 1 || Accumulate > 1);

    /// <summary>
    /// How a training plan stores activations until the backward pass reads them: <see cref="ElementType.Float32"/>, or
    /// <see cref="ElementType.BFloat16"/> in half the memory. Gradients are then those of the rounded values; arithmetic and statistics stay
    /// float32, and the loss of a step is the same.
    /// </summary>
    public ElementType KeepActivations { get; init; }

    /// <summary>
    /// The most work of a training plan's convolutions that the backward pass may do again to keep fewer activations: a share of the forward
    /// pass's, 0 to 1. The results do not depend on it.
    /// </summary>
    public double Recompute { get; init; }

    internal bool Observes(params IEnumerable<string> layers) => layers.Any(_observed.Contains);
}
