using Evenkeel.Configuration;
using Evenkeel.Data.Loading;

namespace Evenkeel.Runs.Configuration;

/// <summary>Everything about a training run; read by <see cref="RunConfigReader"/>, written by <see cref="RunConfigWriter"/>.</summary>
internal sealed record RunConfig
{
    /// <summary>The network, batch normalisation inserted.</summary>
    public required Graph Network { get; init; }

    /// <summary>The data.</summary>
    public required DataConfig Data { get; init; }

    /// <summary>Optimiser, rate, batches, order, seed, threads.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Steps in all; null if epochs are given.</summary>
    public long? Steps { get; init; }

    /// <summary>Passes over the training data; null if steps are given.</summary>
    public int? Epochs { get; init; }

    /// <summary>Initial weights; null to draw them by the seed.</summary>
    public string? Init { get; init; }

    /// <summary>Steps between lines of training values.</summary>
    public long LogEvery { get; init; }

    /// <summary>Steps between evaluations; 0 for one at the end only.</summary>
    public long EvaluateEvery { get; init; }

    /// <summary>Steps between checkpoints; 0 for one at the end only.</summary>
    public long CheckpointEvery { get; init; }

    /// <summary>Numbered checkpoints kept.</summary>
    public int KeepCheckpoints { get; init; }

    /// <summary>Whether TensorBoard events are written.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Steps between histograms for TensorBoard; 0 for none.</summary>
    public long HistogramEvery { get; init; }

    /// <summary>Steps in all for training data of a size.</summary>
    /// <exception cref="ConfigurationException">The data does not fill a batch.</exception>
    public long TotalSteps(int examples)
    {
        if (Steps is { } steps)
            return steps;
        try
        {
            var layout = new BatchLayout(examples, Training.BatchSize, Training.LastBatch);
            return (long)Epochs!.Value * layout.BatchesPerEpoch;
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"batchSize: {e.Message}", e);
        }
    }
}
