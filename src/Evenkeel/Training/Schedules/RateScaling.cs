namespace Evenkeel.Training.Schedules;

/// <summary>
/// By what a learning rate that was chosen for one batch size is multiplied for another. It depends on the whole batch, and not on how many
/// slices or ranks compute it.
/// </summary>
/// <param name="Kind">The word for it in configurations: <c>linear</c>.</param>
/// <param name="BaseBatchSize">The batch size that the rate was chosen for, 1 or more.</param>
public abstract record RateScaling(string Kind, int BaseBatchSize)
{
    /// <summary>The word for it in configurations: <c>linear</c>.</summary>
    public string Kind { get; } = Kind;

    /// <summary>The factor for batches of so many examples, above 0; 1 for <see cref="BaseBatchSize"/>.</summary>
    public abstract double Factor(int batchSize);

    /// <summary>Throws if the batch size is outside its range.</summary>
    /// <exception cref="ArgumentException">Names the value and its range.</exception>
    public void Validate()
    {
        if (BaseBatchSize < 1)
            throw new ArgumentException(
                $"the batch size that the learning rate was chosen for must be 1 or more, not {BaseBatchSize}"
            );
    }
}

/// <summary>Twice the rate for twice the batch (Goyal et al. 2017), usually behind a <see cref="WarmUp"/>.</summary>
/// <param name="BaseBatchSize">The batch size that the rate was chosen for, 1 or more.</param>
public sealed record LinearScaling(int BaseBatchSize) : RateScaling("linear", BaseBatchSize)
{
    /// <inheritdoc/>
    public override double Factor(int batchSize) => (double)batchSize / BaseBatchSize;
}

/// <summary>Twice the rate for four times the batch (Hoffer et al. 2017).</summary>
/// <param name="BaseBatchSize">The batch size that the rate was chosen for, 1 or more.</param>
public sealed record SquareRootScaling(int BaseBatchSize) : RateScaling("squareRoot", BaseBatchSize)
{
    /// <inheritdoc/>
    public override double Factor(int batchSize) => Math.Sqrt((double)batchSize / BaseBatchSize);
}
