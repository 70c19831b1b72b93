using Evenkeel.Normalization;

namespace Evenkeel;

/// <summary>
/// The choices in which implementations of batch normalisation differ. Every model stores them. The default is that of the paper and of
/// PyTorch.
/// </summary>
public sealed record BatchNormConvention
{
    /// <summary>The convention of the paper and of PyTorch.</summary>
    public static BatchNormConvention Default { get; } = new();

    /// <summary>Added to the variance before the square root; 0 or more. The paper names no value; 1e-5 is that of PyTorch.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>
    /// Weight of the new batch in the running average, in (0, 1]: running = (1 - rate) * running + rate * batch. PyTorch calls
    /// it momentum; Keras and ONNX call 1 - rate momentum. Null averages all batches with equal weight.
    /// </summary>
    public double? UpdateRate { get; init; } = 0.1;

    /// <summary>Which variance goes into the running average.</summary>
    public RunningVariance RunningVariance { get; init; }

    /// <summary>What to do if a channel has only one value, which has no variance.</summary>
    public SingleValuePolicy SingleValue { get; init; }

    /// <summary>Batch renormalisation; null: none.</summary>
    public BatchRenormalization? Renormalization { get; init; }

    /// <summary>Throws if a value is outside its range.</summary>
    /// <exception cref="ArgumentException">Names the value and its range.</exception>
    public void Validate()
    {
        if (!(Epsilon >= 0) || !float.IsFinite(Epsilon))
            throw new ArgumentException($"epsilon must be finite and 0 or more, not {Epsilon}");
        if (UpdateRate is { } rate && !(rate > 0 && rate <= 1))
            throw new ArgumentException($"the update rate must be in (0, 1], not {rate}");
        Renormalization?.Validate();
    }

    /// <summary>One line, as printed by the tool.</summary>
    public override string ToString() =>
        $"eps {Epsilon:g}, update rate {(UpdateRate is { } r ? r.ToString("g") : "1/count")}, "
        + $"{(RunningVariance == RunningVariance.Unbiased ? "unbiased" : "biased")} running variance, "
        + $"one value per channel: {SingleValue switch { SingleValuePolicy.Error => "error", SingleValuePolicy.UseRunningStatistics => "use running statistics", _ => "skip the update" }}"
        + (Renormalization is { } renorm ? $", {renorm}" : "");
}
