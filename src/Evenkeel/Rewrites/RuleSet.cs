namespace Evenkeel.Rewrites;

/// <summary>The rules that run when a plan is built, in their order; they only change how a network is computed.</summary>
internal static class RuleSet
{
    /// <summary>Rules of algebra, which make less work on any device.</summary>
    public static IReadOnlyList<RewriteRule> Algebraic { get; } =
    [new RemoveDropout(), new FuseSwish(), new BroadcastMultiply(), new ComposeMoves()];

    /// <summary>Rules of the CPU: fewer passes over memory.</summary>
    public static IReadOnlyList<RewriteRule> Cpu { get; } =
    [
        new AveragePoolAfterPointwise(),
        new GatherStatisticsInConvolution(),
        new FuseNormAdd(),
        new FuseActivation(),
        new FoldBatchNormIntoConvolution(),
        new RematerializeBatchNorm(),
        new RematerializeLinear(),
        new RematerializeConvolution(),
        new RematerializeMaxPool(),
    ];

    /// <summary>All rules that a plan for the CPU is built by.</summary>
    public static IReadOnlyList<RewriteRule> Lowering { get; } = [.. Algebraic, .. Cpu];

    /// <summary>Names of what changes steps after lowering.</summary>
    public static IReadOnlyList<string> OfSteps { get; } =
    [NormalizedCells.Rule, NormalizedInputs.Rule, GatheredSums.Rule];
}
