using Evenkeel.Configuration;
using Evenkeel.Data.Loading;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Runs;

/// <summary>
/// Everything about a training run, read from JSON (docs/configuration.md) or from the record of a run, and changed by <c>with</c>. Each member
/// has the range of the field of its name.
/// </summary>
public sealed record RunConfig
{
    internal RunConfig() { }

    /// <summary>The network, batch normalisation inserted.</summary>
    public required Graph Network { get; init; }

    /// <summary>Optimiser, learning rate, batches, order, seed, threads.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Steps in all, 1 or more; null where <see cref="Epochs"/> say it.</summary>
    public long? Steps { get; init; }

    /// <summary>Passes over the training data in all, 1 or more; <see cref="Steps"/> go before.</summary>
    public int? Epochs { get; init; }

    /// <summary>A .safetensors file with initial weights, or the folder of a run; null to draw them by the seed.</summary>
    public string? Init { get; init; }

    /// <summary>Steps between lines of training values, 1 or more.</summary>
    public long LogEvery { get; init; }

    /// <summary>Steps between evaluations; 0 for one at the end only.</summary>
    public long EvaluateEvery { get; init; }

    /// <summary>
    /// Evaluations in a row without a better score after which the run ends early, 1 or more; null to go on to the last step.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>Steps between numbered checkpoints; 0 for the last state only.</summary>
    public long CheckpointEvery { get; init; }

    /// <summary>Numbered checkpoints kept, 1 or more.</summary>
    public int KeepCheckpoints { get; init; }

    /// <summary>Whether events for TensorBoard are written.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Steps between histograms for TensorBoard; 0 for none.</summary>
    public long HistogramEvery { get; init; }

    /// <summary>
    /// Steps between records of the layers in <c>layers.jsonl</c>, which a live page shows: percentiles of inputs, and batch normalisations;
    /// 0 for none.
    /// </summary>
    public long InspectEvery { get; init; }

    /// <summary>Steps between measurements of gradients and saturated values, the first before training; 0 for none.</summary>
    public long ProbeEvery { get; init; }

    /// <summary>The data.</summary>
    internal DataConfig Data { get; init; } = new PixelDataConfig();

    /// <summary>Reads a file: a configuration, or the <c>run.json</c> of a run. Paths in it are relative to its folder.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ConfigurationException">
    /// There is no such file, or it is wrong: the message names the file and the field, and says what is expected.
    /// </exception>
    public static RunConfig Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RunConfigReader.Read(ConfigText.Load(path));
    }

    /// <summary>Reads a configuration from text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="folder">What paths in it are relative to.</param>
    /// <exception cref="ConfigurationException">It is wrong: the message names the field and says what is expected.</exception>
    public static RunConfig Parse(string json, string folder = ".")
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return RunConfigReader.Read(ConfigText.Parse(json, ConfigText.Unnamed, Path.GetFullPath(folder)));
    }

    /// <summary>
    /// The configuration on data of the program, in the place of the data that it names. Of that, <c>validation</c>, <c>trainCount</c> and
    /// <c>testCount</c> are kept. A run that goes on is given the same data again, which its record knows by a hash.
    /// </summary>
    /// <param name="train">What is trained on; class labels or float targets, as the loss takes.</param>
    /// <param name="test">What is never trained on.</param>
    public RunConfig WithData(IDataset train, IDataset test)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        return this with { Data = GivenDataConfig.Of(train, test, Data) };
    }

    /// <summary>Throws if it is not one that can be read, such as after a change.</summary>
    /// <exception cref="ConfigurationException">It names the field and says what is expected.</exception>
    internal void RequireValid() =>
        RunConfigReader.Read(
            ConfigText.Parse(RunConfigWriter.Write(this).ToJsonString(), ConfigText.Unnamed, Path.GetFullPath("."))
        );

    /// <summary>Steps in all for training data of a size.</summary>
    /// <exception cref="ConfigurationException">The data does not fill a batch.</exception>
    internal long TotalSteps(int examples)
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
