using System.Text.Json;
using System.Text.Json.Nodes;
using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Runs.Text;

namespace Evenkeel.Runs.Configuration;

/// <summary>A configuration with every default written out; what it writes can be read again.</summary>
internal static class RunConfigWriter
{
    // A resumed run may change these and still take the steps that the run without a stop takes.
    private static readonly HashSet<string> Free =
    [
        "steps",
        "epochs",
        "threads",
        "workers",
        "init",
        "logEvery",
        "evaluateEvery",
        "patience",
        "checkpointEvery",
        "keepCheckpoints",
        "tensorBoard",
        "histogramEvery",
        "inspectEvery",
        "probeEvery",
        "onNonFiniteLoss",
    ];

    /// <summary>The configuration as an object.</summary>
    public static JsonObject Write(RunConfig config) =>
        (JsonObject)JsonNode.Parse(JsonWriting.Object(writer => WriteFields(writer, config)))!;

    /// <summary>
    /// The first field whose change would make a resumed run another run, or null. Threads, length and logging are free.
    /// </summary>
    public static string? FirstDifference(RunConfig before, RunConfig now)
    {
        JsonObject first = Write(before),
            second = Write(now);
        return first
            .Select(p => p.Key)
            .Union(second.Select(p => p.Key))
            .Where(name => !Free.Contains(name))
            .FirstOrDefault(name => !JsonNode.DeepEquals(first[name], second[name]));
    }

    /// <summary>The word for it in configurations.</summary>
    public static string Word(ElementType storage) => Word(RunConfigReader.Storages, storage);

    private static void WriteFields(Utf8JsonWriter writer, RunConfig config)
    {
        writer.WritePropertyName("network");
        GraphJson.Write(writer, config.Network);
        writer.WriteStartObject("data");
        config.Data.Write(writer);
        writer.WriteEndObject();
        if (config.Steps is { } steps)
            writer.WriteNumber("steps", steps);
        else if (config.Epochs is { } epochs)
            writer.WriteNumber("epochs", epochs);
        WriteTraining(writer, config.Training);
        if (config.Init is { } init)
            writer.WriteString("init", init);
        writer.WriteNumber("logEvery", config.LogEvery);
        writer.WriteNumber("evaluateEvery", config.EvaluateEvery);
        if (config.Patience is { } patience)
            writer.WriteNumber("patience", patience);
        writer.WriteNumber("checkpointEvery", config.CheckpointEvery);
        writer.WriteNumber("keepCheckpoints", config.KeepCheckpoints);
        writer.WriteBoolean("tensorBoard", config.TensorBoard);
        writer.WriteNumber("histogramEvery", config.HistogramEvery);
        writer.WriteNumber("inspectEvery", config.InspectEvery);
        writer.WriteNumber("probeEvery", config.ProbeEvery);
    }

    private static void WriteTraining(Utf8JsonWriter writer, TrainingOptions options)
    {
        writer.WriteNumber("batchSize", options.BatchSize);
        writer.WritePropertyName("loss");
        LossJson.Write(writer, options.Loss);
        writer.WriteStartObject("optimizer");
        OptimizerJson.Write(writer, options.Optimizer);
        writer.WritePropertyName("learningRate");
        LearningRateJson.Write(writer, options.LearningRate);
        writer.WriteEndObject();
        if (options.Scaling is { } scaling)
        {
            writer.WritePropertyName("scaleLearningRate");
            RateScalingJson.Write(writer, scaling);
        }

        if (options.ClipNorm is { } norm)
            writer.WriteNumber("clipNorm", norm);
        writer.WriteNumber("slices", options.Slices);
        writer.WriteNumber("accumulate", options.Accumulate);
        writer.WriteString("exchange", Word(RunConfigReader.Exchanges, options.Exchange));
        writer.WriteString("keepActivations", Word(options.KeepActivations));
        writer.WriteNumber("recompute", options.Recompute);
        writer.WriteNumber("seed", options.Seed);
        writer.WriteString("shuffle", Word(RunConfigReader.Shuffles, options.Shuffle));
        writer.WriteNumber("shards", options.Shards);
        writer.WriteString("lastBatch", Word(RunConfigReader.LastBatches, options.LastBatch));
        writer.WriteString("onNonFiniteLoss", Word(RunConfigReader.Policies, options.OnNonFiniteLoss));
        writer.WriteNumber("threads", options.Threads);
        writer.WriteNumber("workers", options.Workers);
    }

    private static string Word<T>(IReadOnlyDictionary<string, T> words, T value)
        where T : struct, Enum => words.First(w => w.Value.Equals(value)).Key;
}
