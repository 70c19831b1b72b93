using Evenkeel.Graphs;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Layers;

/// <summary>
/// Normalisation that decorrelates: y = gamma W (x - mean) + beta with a whitening matrix W of the covariance of each group of channels. Rows are the
/// examples of a batch at all positions, as in batch normalisation. Inference uses the running mean and the whitening matrix of the running
/// covariance, which makes it one affine map of each group.
/// </summary>
/// <remarks>
/// The running covariance is kept, not a running matrix as in the papers' programs: a mean of matrices is ruled by the batches whose covariance was
/// almost singular, a mean of covariances is itself a covariance, which can be measured again and corrected by m / (m - 1).
/// </remarks>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
/// <param name="GroupSize">Channels that are whitened together, neighbours; a divisor of the channels. 0: all of them.</param>
/// <param name="Convention">
/// Epsilon, above 0, is added to the diagonal of the covariance. Update rate and kind of variance are those of the running covariance. There is no
/// renormalisation.
/// </param>
public abstract record WhiteningNorm(string Kind, int GroupSize, BatchNormConvention Convention) : Layer(Kind)
{
    /// <summary>The group size unless another is given, that of the paper of decorrelated batch normalisation.</summary>
    public const int DefaultGroupSize = 16;

    /// <summary>Whether gamma and beta are learned.</summary>
    public bool TrainAffine { get; init; } = true;

    /// <summary>Whether training updates the running statistics.</summary>
    public bool UpdateStatistics { get; init; } = true;

    /// <summary>Which statistics normalise during training.</summary>
    public StatisticsSource NormalizeWith { get; init; }

    /// <summary>As in <see cref="BatchNorm.SyncGroupSize"/>.</summary>
    public int SyncGroupSize { get; init; }

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        Convention.Validate();
        if (!(Convention.Epsilon > 0))
            throw new ArgumentException(
                $"epsilon must be above 0, not {Convention.Epsilon}: the covariance of few rows has no inverse"
            );
        if (Convention.Renormalization is not null)
            throw new ArgumentException("batch renormalisation is for batch normalisation alone; leave it out");
        if (SyncGroupSize < 0)
            throw new ArgumentException($"the sync group size must be 0 (all) or more, not {SyncGroupSize}");
        int channels = inputs[0].Channels;
        if (GroupSize < 0 || (GroupSize > 0 && channels % GroupSize != 0))
            throw new ArgumentException(
                $"{channels} channels cannot be divided into groups of {GroupSize}; choose a divisor of {channels}, or 0 for one group of all"
            );
        ShapeOf(inputs[0]).Validate();
        return inputs[0];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs)
    {
        WhiteningShape shape = ShapeOf(inputs[0]);
        return
        [
            .. TensorSpec.ScaleAndShift([shape.Channels], TrainAffine),
            new("running_mean", [shape.Channels], TensorRole.State),
            new("running_cov", [shape.Size, shape.Channels], TensorRole.State)
            {
                Initializer = new IdentityInitializer(),
                FileOrder = TensorFileOrder.LastFirst,
                FileDimensions = [shape.Groups, shape.Size, shape.Size],
            },
            new("num_batches_tracked", [1], TensorRole.State) { Type = ElementType.Int64 },
        ];
    }

    /// <summary>The groups of inputs of a shape.</summary>
    internal WhiteningShape ShapeOf(Shape input) => new(input.Channels, GroupSize == 0 ? input.Channels : GroupSize);

    /// <summary>How a covariance becomes a whitening matrix.</summary>
    internal abstract WhiteningMethod Method { get; }
}

/// <summary>Decorrelated batch normalisation (Huang et al. 2018): W is the inverse root of the covariance ("ZCA"), by its eigenvalues.</summary>
/// <param name="GroupSize">See <see cref="WhiteningNorm.GroupSize"/>.</param>
/// <param name="Convention">See <see cref="WhiteningNorm.Convention"/>.</param>
public sealed record DecorrelatedBatchNorm(int GroupSize, BatchNormConvention Convention)
    : WhiteningNorm("decorrelatedbatchnorm", GroupSize, Convention)
{
    internal override WhiteningMethod Method => new ZcaWhitening();
}

/// <summary>
/// Iterative normalisation (Huang et al. 2019): W approaches the inverse root of the covariance by Newton's iterations, which do not reach it along
/// the smallest eigenvalues.
/// </summary>
/// <param name="Iterations">Iterations, 1 to 64; the paper uses 5.</param>
/// <param name="GroupSize">See <see cref="WhiteningNorm.GroupSize"/>.</param>
/// <param name="Convention">See <see cref="WhiteningNorm.Convention"/>.</param>
public sealed record IterNorm(int Iterations, int GroupSize, BatchNormConvention Convention)
    : WhiteningNorm("iternorm", GroupSize, Convention)
{
    /// <summary>The iterations unless others are given.</summary>
    public const int DefaultIterations = 5;

    /// <summary>The most iterations that may be asked for: by then nothing changes any more.</summary>
    public const int MostIterations = 64;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        Iterations is >= 1 and <= MostIterations
            ? base.InferShape(inputs)
            : throw new ArgumentException($"it must take 1 to {MostIterations} iterations, not {Iterations}");

    internal override WhiteningMethod Method => new IterativeWhitening(Iterations);
}
