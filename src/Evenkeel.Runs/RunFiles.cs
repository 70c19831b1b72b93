using System.Globalization;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Runs;

/// <summary>Where the files of a run lie in its folder. None need be there: a run may be at work, or not have begun.</summary>
/// <param name="Folder">The folder.</param>
public sealed record RunFiles(string Folder)
{
    /// <summary><c>run.json</c>: configuration with all defaults, command, versions, machine, result.</summary>
    public string Record => At(ConfigText.RecordName);

    /// <summary><c>metrics.jsonl</c>: values by step; <see cref="ReadMetrics"/> reads it.</summary>
    public string Metrics => At("metrics.jsonl");

    /// <summary><c>layers.jsonl</c>: what <c>inspectEvery</c> records of the layers by step.</summary>
    internal string Layers => At("layers.jsonl");

    /// <summary>The file that is there and locked while a process trains.</summary>
    internal string Lock => At(RunLock.Name);

    /// <summary>The folder of events for TensorBoard.</summary>
    public string TensorBoard => At("tensorboard");

    /// <summary>The page about the run, <c>report.html</c>.</summary>
    public string Page => At("report.html");

    /// <summary>The page's data, <c>report.json</c>.</summary>
    public string PageData => At("report.json");

    /// <summary>The folder of all checkpoints.</summary>
    public string Checkpoints => At("checkpoints");

    /// <summary>The newest state, from which the run goes on; a model file too.</summary>
    public string Last => Path.Combine(Checkpoints, "last.safetensors");

    /// <summary>The state of the best score on the validation data; a model file too.</summary>
    public string Best => Path.Combine(Checkpoints, "best.safetensors");

    /// <summary>The state that the run stands for where a model is wanted: the best, else the last; null where neither is there.</summary>
    public string? Model => new[] { Best, Last }.FirstOrDefault(File.Exists);

    /// <summary>Whether a run is there: its record is.</summary>
    public bool Exists => File.Exists(Record);

    /// <summary>The state to go on from: the last or, where its file is gone, the newest under a step's number; null without one.</summary>
    internal string? Newest => File.Exists(Last) ? Last : Numbered().FirstOrDefault();

    /// <summary>Reads the values by step, also while the run writes them.</summary>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line is damaged.</exception>
    public MetricsHistory ReadMetrics() => MetricsHistory.Read(Metrics);

    /// <summary>The states under steps' numbers that are there, the newest first.</summary>
    internal IEnumerable<string> Numbered() =>
        Directory.Exists(Checkpoints)
            ? Directory.GetFiles(Checkpoints, "step-*.safetensors").OrderByDescending(StepOf)
            : [];

    /// <summary>The state after a step.</summary>
    internal string AtStep(long step) =>
        Path.Combine(Checkpoints, string.Create(CultureInfo.InvariantCulture, $"step-{step}.safetensors"));

    private static long StepOf(string file) =>
        long.TryParse(
            Path.GetFileNameWithoutExtension(file)["step-".Length..],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long step
        )
            ? step
            : long.MaxValue;

    private string At(string name) => Path.Combine(Folder, name);
}
