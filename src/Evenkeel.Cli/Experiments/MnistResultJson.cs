using System.Text.Json;
using Evenkeel.Diagnostics;

namespace Evenkeel.Cli.Experiments;

/// <summary>The experiment's numbers as JSON fields: what <c>--json</c> prints and <c>result.json</c> keeps.</summary>
internal static class MnistResultJson
{
    public static void Write(Utf8JsonWriter writer, MnistExperiment experiment, string report)
    {
        writer.WriteString("experiment", "mnist");
        writer.WriteString("data", experiment.DataName);
        writer.WriteNumber("steps", experiment.Options.Steps);
        writer.WriteNumber("batchSize", MnistExperimentOptions.BatchSize);
        writer.WriteNumber("learningRate", experiment.Options.LearningRate);
        writer.WriteNumber("seed", experiment.Options.Seed);
        writer.WriteStartArray("networks");
        foreach (NetworkRun run in experiment.Runs)
            WriteRun(writer, run, experiment.Baseline.BestAccuracy);
        writer.WriteEndArray();
        if (experiment.Frozen is { } frozen)
            writer.WriteNumber("foldedAccuracy", frozen.Accuracy);
        writer.WriteString("report", report);
    }

    private static void WriteRun(Utf8JsonWriter writer, NetworkRun run, double baselineBest)
    {
        writer.WriteStartObject();
        writer.WriteString("network", run.Name);
        writer.WriteBoolean("batchNorm", run.BatchNorm);
        writer.WriteNumber("bestAccuracy", run.BestAccuracy);
        writer.WriteNumber("bestStep", run.BestStep);
        writer.WriteNumber("lastAccuracy", run.LastAccuracy);
        WriteStep(writer, "stepReachingBaselineBest", run.FirstReached(baselineBest));
        writer.WriteNumber("seconds", run.TrainingSeconds);
        writer.WriteNumber("typicalUnit", run.TypicalUnit);
        writer.WriteStartArray("drift");
        foreach (PercentileDrift drift in run.Drift)
        {
            writer.WriteStartObject();
            writer.WriteNumber("percentile", drift.Percentile);
            writer.WriteNumber("range", drift.Range);
            if (double.IsFinite(drift.Relative))
                writer.WriteNumber("rangeInWidths", drift.Relative);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteCurve(writer, run);
        if (run.Diverged is { } message)
            writer.WriteString("diverged", message);
        writer.WriteEndObject();
    }

    private static void WriteCurve(Utf8JsonWriter writer, NetworkRun run)
    {
        writer.WriteStartArray("accuracy");
        foreach ((long step, double accuracy, _) in run.Points)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(step);
            writer.WriteNumberValue(accuracy);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void WriteStep(Utf8JsonWriter writer, string name, long? step)
    {
        if (step is { } value)
            writer.WriteNumber(name, value);
        else
            writer.WriteNull(name);
    }
}
