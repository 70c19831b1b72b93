namespace Evenkeel.Diagnostics;

/// <summary>What can be wrong with a batch normalisation, or a layer that whitens, seen without data.</summary>
public enum BatchNormProblem
{
    /// <summary>NaN or infinity among scale, shift or statistics.</summary>
    NotFinite,

    /// <summary>A running variance below 0, which no data has.</summary>
    NegativeVariance,

    /// <summary>The running statistics are what they began as: mean 0, variance 1.</summary>
    NeverUpdated,

    /// <summary>So few updates that the values it began with still weigh more than 5 %.</summary>
    FewUpdates,

    /// <summary>A variance below epsilon: epsilon, not the data, sets the scale.</summary>
    CollapsedVariance,

    /// <summary>A variance above 1e10, or a million times the layer's median.</summary>
    ExplodedVariance,

    /// <summary>Channels that give the same value for all data: scale 0, or a rectifier that four deviations do not reach.</summary>
    DeadChannels,

    /// <summary>A running covariance, of a layer that whitens, with negative eigenvalues beyond rounding, which no data has.</summary>
    ImpossibleCovariance,

    /// <summary>Directions of a running covariance below epsilon, where whitening by eigenvalues scales by epsilon and not by the data.</summary>
    SingularCovariance,
}

/// <summary>One thing that is wrong with a layer.</summary>
/// <param name="Problem">What.</param>
/// <param name="Channels">The channels concerned.</param>
/// <param name="Text">What was found, in one sentence.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record BatchNormFinding(
    BatchNormProblem Problem,
    IReadOnlyList<int> Channels,
    string Text,
    string Remedy
);
