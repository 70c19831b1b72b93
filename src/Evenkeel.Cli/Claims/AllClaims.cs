using Evenkeel.Cli.Claims.Measuring;

namespace Evenkeel.Cli.Claims;

/// <summary>The claims, in the order of their numbers.</summary>
internal static class AllClaims
{
    public static IReadOnlyList<Claim> InOrder { get; } =
    [
        new BatchOfOne(),
        new TiedExamples(),
        new EnsembleAndBatchNorm(),
        new SimpleToImplement(),
        new LessCarefulSettings(),
        new RecurrentNetworks(),
        new DomainAdaptation(),
        new GradientPropagation(),
        new ScaleOfWeights(),
        new HigherLearningRates(),
        new SaturatingNonlinearities(),
        new Regularisation(),
        new Shuffling(),
        new DeterministicInference(),
        new PairPerFeatureMap(),
        new FullWhitening(),
        new NormalisedOutsideTheGradient(),
        new CanRepresentIdentity(),
        new NothingForcesIdentity(),
        new FewerSteps(),
        new StableActivations(),
        new DriftGrowsWithDepth(),
    ];
}
