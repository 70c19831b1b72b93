using Evenkeel.Lowering;
using Evenkeel.Normalization;

namespace Evenkeel.Layers;

/// <summary>What every step of one batch-normalisation layer shares.</summary>
/// <param name="Positions">Rows per example: values that share a statistic.</param>
/// <param name="Channels">Statistics: channels, or values of an example where each has its own.</param>
/// <param name="Convention">The layer's convention.</param>
/// <param name="Fused">Activation computed in the same pass, or null.</param>
/// <param name="Gamma">Buffer of gamma.</param>
/// <param name="Beta">Buffer of beta.</param>
internal sealed record BatchNormSite(
    int Positions,
    int Channels,
    BatchNormConvention Convention,
    Activation? Fused,
    int Gamma,
    int Beta
);

/// <summary>The buffers of a backward step.</summary>
/// <param name="DY">Gradient of the output.</param>
/// <param name="DX">Gradient of the input.</param>
/// <param name="DGamma">Gradient of gamma.</param>
/// <param name="DBeta">Gradient of beta.</param>
internal readonly record struct BatchNormGradients(int DY, int DX, int DGamma, int DBeta);

/// <summary>
/// Algorithm 1: batch mean and variance, then y = g(gamma * xhat + beta). The running statistics are read only by the policy
/// for one value per channel that falls back on them.
/// </summary>
internal sealed record BatchNormForward(
    string Layer,
    BatchNormSite Site,
    int X,
    int RunningMean,
    int RunningVariance,
    int Y,
    int Mean,
    int Variance
) : Step(Layer, [X, Site.Gamma, Site.Beta, RunningMean, RunningVariance], [Y, Mean, Variance]);

/// <summary>The six gradients of section 3 in compact form, through the batch statistics.</summary>
internal sealed record BatchNormBackward(
    string Layer,
    BatchNormSite Site,
    int X,
    int? Y,
    int Mean,
    int Variance,
    BatchNormGradients Gradients
)
    : Step(
        Layer,
        Y is { } y
            ? [X, y, Gradients.DY, Site.Gamma, Site.Beta, Mean, Variance]
            : [X, Gradients.DY, Site.Gamma, Site.Beta, Mean, Variance],
        [Gradients.DX, Gradients.DGamma, Gradients.DBeta]
    );

/// <summary>y = g(gamma * (x - mean) / sqrt(var + eps) + beta) with the running statistics.</summary>
internal sealed record FrozenBatchNormForward(
    string Layer,
    BatchNormSite Site,
    int X,
    int RunningMean,
    int RunningVariance,
    int Y
) : Step(Layer, [X, Site.Gamma, Site.Beta, RunningMean, RunningVariance], [Y]);

/// <summary>Gradients with the running statistics as constants.</summary>
internal sealed record FrozenBatchNormBackward(
    string Layer,
    BatchNormSite Site,
    int X,
    int? Y,
    int RunningMean,
    int RunningVariance,
    BatchNormGradients Gradients
)
    : Step(
        Layer,
        Y is { } y
            ? [X, y, Gradients.DY, Site.Gamma, Site.Beta, RunningMean, RunningVariance]
            : [X, Gradients.DY, Site.Gamma, Site.Beta, RunningMean, RunningVariance],
        [Gradients.DX, Gradients.DGamma, Gradients.DBeta]
    );

/// <summary>
/// Moves the batch statistics into the running average: once per optimiser step, only if all of them are finite and the batch
/// has more than one value per channel.
/// </summary>
internal sealed record CommitRunningStatistics(
    string Layer,
    BatchNormSite Site,
    int Mean,
    int Variance,
    int RunningMean,
    int RunningVariance,
    int BatchesTracked
) : Step(Layer, [Mean, Variance], [RunningMean, RunningVariance, BatchesTracked]);
