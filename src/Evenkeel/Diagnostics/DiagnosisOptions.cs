namespace Evenkeel.Diagnostics;

/// <summary>How a model is diagnosed.</summary>
public sealed record DiagnosisOptions
{
    /// <summary>Examples per batch for batch statistics, 2 or more.</summary>
    public int BatchSize
    {
        get;
        init =>
            field =
                value >= 2
                    ? value
                    : throw new ArgumentOutOfRangeException(nameof(value), value, "The batch size must be 2 or more.");
    } = 64;

    /// <summary>
    /// The loss of the training, by which remedies are judged; null: cross-entropy for class labels, squared error for float targets.
    /// </summary>
    public Loss? Loss { get; init; }

    /// <summary>
    /// The accuracy that training ended with on its own test data, in [0, 1], if known. Far below it, with no statistics that help, the data
    /// is of another kind.
    /// </summary>
    public double? AccuracyInTraining { get; init; }
}
