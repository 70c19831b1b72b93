using System.Collections.Immutable;
using Evenkeel.Lowering;
using Evenkeel.Normalization;

namespace Evenkeel.Layers;

/// <summary>The matrix that is normalised.</summary>
/// <param name="Positions">Rows per example: values that share a statistic.</param>
/// <param name="Channels">Statistics: channels, or values of an example where each has its own.</param>
/// <param name="Fused">Activation computed in the same pass, or null.</param>
internal sealed record NormSite(int Positions, int Channels, Activation? Fused);

/// <summary>Buffers of gamma and beta, or of their gradients.</summary>
internal readonly record struct AffineBuffers(BufferId Gamma, BufferId Beta);

/// <summary>Buffers of running statistics.</summary>
internal readonly record struct StatisticsBuffers(BufferId Mean, BufferId Variance);

/// <summary>What the passes of a backward lowering read.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Site">The matrix.</param>
/// <param name="X">Input of the forward pass.</param>
/// <param name="Y">Its output, where the activation's gradient uses it.</param>
/// <param name="DY">Gradient of the output.</param>
/// <param name="Coefficients">As in the forward pass.</param>
internal sealed record NormBackward(
    string Layer,
    NormSite Site,
    BufferId X,
    BufferId? Y,
    BufferId DY,
    BufferId Coefficients
)
{
    /// <summary>All of its buffers.</summary>
    public ImmutableArray<BufferId> Reads => Y is { } y ? [X, y, DY, Coefficients] : [X, DY, Coefficients];

    /// <summary>What is read where another step makes the gradient of the output.</summary>
    public ImmutableArray<BufferId> ReadsBesideGradient => Reads.Remove(DY);
}

/// <summary>Count, mean and M2 of the batch, one after the other in a buffer of doubles.</summary>
internal sealed record BatchMoments(string Layer, NormSite Site, BufferId X, BufferId Moments)
    : Step(Layer, [X], [Moments]);

/// <summary>The same of the examples that a mask counts.</summary>
internal sealed record MaskedMoments(string Layer, NormSite Site, BufferId X, BufferId Mask, BufferId Moments)
    : Step(Layer, [X, Mask], [Moments]);

/// <summary>dx = 0 where a mask says that an example is padding.</summary>
internal sealed record ClearPadding(string Layer, NormSite Site, BufferId Mask, BufferId DX)
    : Step(Layer, [Mask, DX], [DX]);

/// <summary>
/// Center, scale and shift of y = gamma * xhat + beta from the statistics that normalise: the moments of the batch, or the running statistics where the
/// policy for one value per channel falls back on them. Of that policy alone they have a place of their own.
/// </summary>
internal sealed record BatchCoefficients(
    string Layer,
    NormSite Site,
    BatchNormConvention Convention,
    AffineBuffers Affine,
    StatisticsBuffers Running,
    BufferId Moments,
    BufferId Statistics,
    BufferId Coefficients
)
    : Step(
        Layer,
        [Moments, Affine.Gamma, Affine.Beta, Running.Mean, Running.Variance],
        Statistics == Moments ? [Coefficients] : [Statistics, Coefficients]
    );

/// <summary>The same from the running statistics, which are kept as moments.</summary>
internal sealed record FrozenCoefficients(
    string Layer,
    BatchNormConvention Convention,
    AffineBuffers Affine,
    StatisticsBuffers Running,
    BufferId Moments,
    BufferId Coefficients
) : Step(Layer, [Affine.Gamma, Affine.Beta, Running.Mean, Running.Variance], [Moments, Coefficients]);

/// <summary>Those of y = gamma * x + beta.</summary>
internal sealed record AffineCoefficients(string Layer, AffineBuffers Affine, BufferId Coefficients)
    : Step(Layer, [Affine.Gamma, Affine.Beta], [Coefficients]);

/// <summary>y = g((x - center) * scale + shift + residual); there may be no residual.</summary>
internal sealed record NormalizeForward(
    string Layer,
    NormSite Site,
    BufferId X,
    BufferId? Residual,
    BufferId Coefficients,
    BufferId Y
) : Step(Layer, Residual is { } residual ? [X, residual, Coefficients] : [X, Coefficients], [Y]);

/// <summary>Sums of d = dy * g' and of d * (x - center) per channel.</summary>
internal sealed record BatchGradientSums(NormBackward Pass, BufferId Sums) : Step(Pass.Layer, Pass.Reads, [Sums]);

/// <summary>The same, and d itself: the gradient of the residual.</summary>
internal sealed record ResidualGradientSums(NormBackward Pass, BufferId Sums, BufferId D)
    : Step(Pass.Layer, Pass.Reads, [Sums, D]);

/// <summary>The same, and dx = scale * d: the statistics are constants.</summary>
internal sealed record FrozenGradientSums(NormBackward Pass, BufferId Sums, BufferId DX)
    : Step(Pass.Layer, Pass.Reads, [Sums, DX]);

/// <summary>The gradients of gamma and beta, and what makes that of the input (section 3, in compact form).</summary>
internal sealed record BatchGradientCoefficients(
    string Layer,
    BatchNormConvention Convention,
    BufferId Sums,
    BufferId Moments,
    AffineBuffers Gradients,
    BufferId Gradient
) : Step(Layer, [Sums, Moments], [Gradients.Gamma, Gradients.Beta, Gradient]);

/// <summary>The gradients of gamma and beta.</summary>
internal sealed record FrozenGradientCoefficients(
    string Layer,
    BatchNormConvention Convention,
    BufferId Sums,
    BufferId Moments,
    AffineBuffers Gradients
) : Step(Layer, [Sums, Moments], [Gradients.Gamma, Gradients.Beta]);

/// <summary>The gradients of y = gamma * x + beta.</summary>
internal sealed record AffineGradientCoefficients(string Layer, BufferId Sums, AffineBuffers Gradients)
    : Step(Layer, [Sums], [Gradients.Gamma, Gradients.Beta]);

/// <summary>dx through the statistics.</summary>
internal sealed record BatchInputGradient(NormBackward Pass, BufferId Gradient, BufferId DX)
    : Step(Pass.Layer, [.. Pass.Reads, Gradient], [DX]);

/// <summary>r and d of batch renormalisation from both statistics, and coefficients that hold them.</summary>
internal sealed record RenormCoefficients(
    string Layer,
    BatchNormConvention Convention,
    BatchRenormalization Renormalization,
    AffineBuffers Affine,
    StatisticsBuffers Running,
    BufferId Moments,
    BufferId Corrections,
    BufferId Coefficients
)
    : Step(
        Layer,
        [Moments, Affine.Gamma, Affine.Beta, Running.Mean, Running.Variance, Coefficients],
        [Corrections, Coefficients]
    );

/// <summary>The gradient of gamma through them: r times that of batch normalisation, plus d times that of beta.</summary>
internal sealed record RenormGradientCoefficients(string Layer, BufferId Sums, BufferId Corrections, BufferId DGamma)
    : Step(Layer, [Sums, Corrections, DGamma], [DGamma]);

/// <summary>
/// Moves the moments of the batch into the running average: once per optimiser step, only if all of them are finite and the batch
/// has more than one value per channel.
/// </summary>
internal sealed record CommitRunningStatistics(
    string Layer,
    BatchNormConvention Convention,
    BufferId IsFinite,
    BufferId Moments,
    StatisticsBuffers Running,
    BufferId BatchesTracked
) : Step(Layer, [IsFinite, Moments], [Running.Mean, Running.Variance, BatchesTracked]);
