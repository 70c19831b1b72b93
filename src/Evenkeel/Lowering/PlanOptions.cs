using System.Collections.Immutable;
using Evenkeel.Optimizers;

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

/// <summary>How to build a plan.</summary>
/// <param name="Mode">What the plan is for.</param>
/// <param name="MaxBatch">Largest batch; any smaller one runs on the plan as well.</param>
public sealed record PlanOptions(PlanMode Mode, int MaxBatch)
{
    private readonly HashSet<string> _observed = [];

    /// <summary>The loss behind the output; needed for training, optional otherwise.</summary>
    public Loss? Loss { get; init; }

    /// <summary>How a training plan moves parameters by their gradients; null where it only computes gradients.</summary>
    public OptimizerConfig? Update { get; init; }

    /// <summary>Gradients are scaled down to this Euclidean norm over all parameters if they exceed it; null: never.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Layers whose output must be readable after a run: it is neither fused away nor overwritten.</summary>
    public ImmutableArray<string> Observed
    {
        get;
        init => (field, _observed) = (value, [.. value]);
    } = [];

    /// <summary>Seed of the random numbers that layers draw while training.</summary>
    public ulong Seed { get; init; }

    /// <summary>Names of rewrite rules to leave out.</summary>
    public ImmutableArray<string> DisabledRules { get; init; } = [];

    internal bool Observes(params IEnumerable<string> layers) => layers.Any(_observed.Contains);
}
