using Evenkeel.Kernels.Norm;
using Evenkeel.Lowering;
using Evenkeel.Normalization;

namespace Evenkeel.Layers;

/// <summary>What the steps of a whitening know.</summary>
/// <param name="Shape">The groups of channels.</param>
/// <param name="Positions">Rows per example.</param>
/// <param name="Method">From a covariance to a whitening matrix.</param>
/// <param name="Convention">Epsilon and what the running statistics mean.</param>
internal sealed record WhiteningSite(
    WhiteningShape Shape,
    int Positions,
    WhiteningMethod Method,
    BatchNormConvention Convention
)
{
    /// <summary>Whether running statistics take the place of those of so many rows.</summary>
    public bool ReplacesSingle(double rows) =>
        rows == 1 && Convention.SingleValue == SingleValuePolicy.UseRunningStatistics;
}

/// <summary>What whitening with given statistics is.</summary>
/// <param name="Matrices">The whitening matrices, [groups, size, size] doubles.</param>
/// <param name="State">What the gradient needs of them, doubles.</param>
/// <param name="Weights">What rows are multiplied with, gamma taken in: [size, channels].</param>
internal readonly record struct WhiteningBuffers(BufferId Matrices, BufferId State, BufferId Weights);

/// <summary>
/// Coefficients that subtract the mean of the batch; that of the running statistics where the policy for a single row falls back on them.
/// </summary>
internal sealed record CentringCoefficients(
    string Layer,
    WhiteningSite Site,
    BufferId Moments,
    BufferId RunningMean,
    BufferId Coefficients
) : Step(Layer, [Moments, RunningMean], [Coefficients]);

/// <summary>
/// The products of centred channels as moments of pairs of channels, [size, channels] of them: the mean is 0, M2 the sum of products, the count that of
/// the rows. So slices merge them as they merge moments.
/// </summary>
internal sealed record PairMoments(string Layer, WhiteningSite Site, BufferId Products, BufferId Pairs)
    : Step(Layer, [Products], [Pairs]);

/// <summary>The whitening of a batch, or that of the running covariance where the policy for a single row falls back on it.</summary>
internal sealed record BatchWhitening(
    string Layer,
    WhiteningSite Site,
    BufferId Pairs,
    BufferId Gamma,
    BufferId RunningCovariance,
    WhiteningBuffers Made
) : Step(Layer, [Pairs, Gamma, RunningCovariance], [Pairs, Made.Matrices, Made.State, Made.Weights]);

/// <summary>The whitening of running statistics, and the bias that takes in their mean.</summary>
internal sealed record RunningWhitening(
    string Layer,
    WhiteningSite Site,
    AffineBuffers Affine,
    StatisticsBuffers Running,
    WhiteningBuffers Made,
    BufferId Bias
)
    : Step(
        Layer,
        [Affine.Gamma, Affine.Beta, Running.Mean, Running.Variance],
        [Made.Matrices, Made.State, Made.Weights, Bias]
    );

/// <summary>In doubles, one behind the other: products of inputs and gradients, [size, channels], and sums of gradients, [channels].</summary>
internal sealed record WhiteningSums(string Layer, BufferId Products, BufferId DBeta, BufferId Sums)
    : Step(Layer, [Products, DBeta], [Sums]);

/// <summary>What the gradient of a whitening is written to.</summary>
/// <param name="Affine">Gradients of gamma and beta.</param>
/// <param name="Through">Weights and bias of the map of centred rows that gives what goes through mean and covariance.</param>
/// <param name="Work">Gradients of the matrices, [groups, size, size] doubles.</param>
internal readonly record struct WhiteningGradients(AffineBuffers Affine, AffineBuffers Through, BufferId Work);

/// <summary>The gradients of gamma and beta, and the map that gives what goes through mean and covariance.</summary>
internal sealed record BatchWhiteningGradient(
    string Layer,
    WhiteningSite Site,
    BufferId Sums,
    BufferId Pairs,
    BufferId Gamma,
    WhiteningBuffers Made,
    WhiteningGradients To
)
    : Step(
        Layer,
        [Sums, Pairs, Gamma, Made.Matrices, Made.State],
        [To.Affine.Gamma, To.Affine.Beta, To.Through.Gamma, To.Through.Beta, To.Work]
    );

/// <summary>The gradients of gamma and beta, where running statistics whiten.</summary>
internal sealed record RunningWhiteningGradient(
    string Layer,
    WhiteningSite Site,
    BufferId Sums,
    BufferId RunningMean,
    BufferId Matrices,
    AffineBuffers Gradients
) : Step(Layer, [Sums, RunningMean, Matrices], [Sums, Gradients.Gamma, Gradients.Beta]);

/// <summary>Moves mean and covariance of the batch into the running ones, by the rule of <see cref="CommitRunningStatistics"/>.</summary>
internal sealed record CommitRunningCovariance(
    string Layer,
    BatchNormConvention Convention,
    BufferId IsFinite,
    BufferId Moments,
    BufferId Pairs,
    StatisticsBuffers Running,
    BufferId BatchesTracked
) : Step(Layer, [IsFinite, Moments, Pairs], [Running.Mean, Running.Variance, BatchesTracked]);
