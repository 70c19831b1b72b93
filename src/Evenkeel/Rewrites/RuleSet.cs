namespace Evenkeel.Rewrites;

/// <summary>The only list of rules, in the order in which they run.</summary>
internal static class RuleSet
{
    /// <summary>Rules that only change how the network is computed; run when a plan is built.</summary>
    public static IReadOnlyList<IRewriteRule> Lowering { get; } =
    [
        new LeaveOutDropout(),
        new FuseGate(),
        new MultiplyWithoutStretching(),
        new AveragePoolAfterPointwise(),
        new GatherStatisticsInConvolution(),
        new FuseBatchNormAddActivation(),
        new FuseBatchNormActivation(),
        new FoldBatchNormIntoConvolution(),
        new FuseConvolutionActivation(),
        new FuseAddActivation(),
        new RecomputeNormalized(),
    ];
}
