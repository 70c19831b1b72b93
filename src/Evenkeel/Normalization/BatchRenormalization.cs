namespace Evenkeel.Normalization;

/// <summary>
/// Batch renormalisation (Ioffe 2017, "Batch Renormalization: Towards Reducing Minibatch Dependence"): in training,
/// y = gamma * (xhat * r + d) + beta with xhat of the batch, r = sigma_B / sigma in [1/rMax, rMax] and
/// d = (mean_B - mean) / sigma in [-dMax, dMax], both constants to the gradient. Inside these bounds an example is normalised with the
/// running statistics, as in inference, whatever the others of its batch are.
/// </summary>
/// <remarks>
/// The paper tracks deviations. Here the running variance is tracked, as for batch normalisation, and sigma = sqrt(variance + epsilon): models and
/// files stay what they are. The paper averages with an update rate of 0.01.
/// </remarks>
public sealed record BatchRenormalization
{
    /// <summary>Largest r in the end, 1 or more.</summary>
    public double MaxRatio { get; init; } = 3;

    /// <summary>Largest d in the end, 0 or more.</summary>
    public double MaxOffset { get; init; } = 5;

    /// <summary>Training steps of plain batch normalisation before; 0 or more.</summary>
    public long FirstStep { get; init; } = 5_000;

    /// <summary>The step from which r may be as large as it ever is; until there its bound grows linearly from 1.</summary>
    public long RatioStep { get; init; } = 40_000;

    /// <summary>The step from which d may be as large as it ever is; until there its bound grows linearly from 0.</summary>
    public long OffsetStep { get; init; } = 25_000;

    /// <summary>The bound of r in a step.</summary>
    /// <param name="step">Steps done before it.</param>
    public double RatioAt(long step) => 1 + ((MaxRatio - 1) * Share(step, RatioStep));

    /// <summary>The bound of d in a step.</summary>
    /// <param name="step">Steps done before it.</param>
    public double OffsetAt(long step) => MaxOffset * Share(step, OffsetStep);

    /// <summary>Throws if a value is outside its range.</summary>
    /// <exception cref="ArgumentException">Names the value and its range.</exception>
    public void Validate()
    {
        if (!(MaxRatio >= 1) || !double.IsFinite(MaxRatio))
            throw new ArgumentException($"the largest r must be finite and 1 or more, not {MaxRatio}");
        if (!(MaxOffset >= 0) || !double.IsFinite(MaxOffset))
            throw new ArgumentException($"the largest d must be finite and 0 or more, not {MaxOffset}");
        if (FirstStep < 0 || RatioStep < FirstStep || OffsetStep < FirstStep)
            throw new ArgumentException(
                $"the bounds must grow from a step of 0 or more to later ones, not from {FirstStep} to {RatioStep} and {OffsetStep}"
            );
    }

    /// <summary>As printed by the tool.</summary>
    public override string ToString() =>
        $"renormalised from step {FirstStep}: r up to {MaxRatio:g} at {RatioStep}, d up to {MaxOffset:g} at {OffsetStep}";

    private double Share(long step, long end) =>
        step < FirstStep ? 0
        : step >= end ? 1
        : (double)(step - FirstStep) / (end - FirstStep);
}
