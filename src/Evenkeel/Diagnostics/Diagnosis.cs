using Evenkeel.Diagnostics;
using Evenkeel.Rewrites;
using static System.FormattableString;

namespace Evenkeel;

/// <summary>The cause of wrong batch statistics, and what to do.</summary>
/// <param name="Cause">The cause, or none.</param>
/// <param name="Text">The observation, in one sentence.</param>
/// <param name="Remedy">What to do, in one sentence; with labels or targets it was tried.</param>
/// <param name="Layers">Each layer's gap, in the network's order; empty if none could be measured.</param>
/// <param name="Stored">Results with stored statistics, as in use; NaN if unknown, as for data without labels or targets.</param>
/// <param name="Batch">
/// Results with batch statistics, as in training, on the same examples; NaN if unknown, as for data without labels or targets.
/// </param>
public sealed record Diagnosis(
    StatisticsCause Cause,
    string Text,
    string Remedy,
    IReadOnlyList<LayerGap> Layers,
    Evaluation Stored,
    Evaluation Batch
)
{
    /// <summary>
    /// The remedies tried on data with labels or targets: recalibration first, then an exact conversion if one was found. Empty if none was tried.
    /// </summary>
    public IReadOnlyList<RemedyTrial> Trials { get; init; } = [];

    /// <summary>The conversion that repairs the statistics exactly, or null.</summary>
    public StatisticsConversion? Conversion { get; init; }

    /// <summary>The observation and what to do, in two or three lines.</summary>
    public override string ToString()
    {
        string results =
            !double.IsNaN(Stored.Accuracy)
                ? Invariant(
                    $"Accuracy with stored statistics {Stored.Accuracy:P2}, with batch statistics {Batch.Accuracy:P2}.\n"
                )
            : Trials.Count > 0
                ? Invariant($"Loss with stored statistics {Stored.Loss:G4}, with batch statistics {Batch.Loss:G4}.\n")
            : "";
        return $"{results}{Cause}: {Text}.\nRemedy: {Remedy}.";
    }
}
