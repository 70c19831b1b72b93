using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// Algorithm 1 with the batch's mean and variance gathered by the layer before. Written too, for one value per channel.
/// </summary>
internal sealed record BatchNormNormalize(
    string Layer,
    BatchNormSite Site,
    int X,
    int RunningMean,
    int RunningVariance,
    int Y,
    int Mean,
    int Variance
) : Step(Layer, [X, Site.Gamma, Site.Beta, RunningMean, RunningVariance, Mean, Variance], [Y, Mean, Variance]);

/// <summary>y = g(bn(x) + residual) with the batch's mean and variance gathered by the layer before.</summary>
internal sealed record BatchNormAddForward(
    string Layer,
    BatchNormSite Site,
    int X,
    int Residual,
    int Y,
    int Mean,
    int Variance
) : Step(Layer, [X, Residual, Site.Gamma, Site.Beta, Mean, Variance], [Y]);

/// <summary>Its gradients; that of the residual is dy * g', from the output.</summary>
internal sealed record BatchNormAddBackward(
    string Layer,
    BatchNormSite Site,
    int X,
    int Y,
    int Mean,
    int Variance,
    BatchNormGradients Gradients,
    int DResidual
)
    : Step(
        Layer,
        [X, Y, Gradients.DY, Site.Gamma, Site.Beta, Mean, Variance],
        [Gradients.DX, Gradients.DGamma, Gradients.DBeta, DResidual]
    );
