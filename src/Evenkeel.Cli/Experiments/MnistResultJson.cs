using System.Text.Json;
using Evenkeel.Diagnostics;
using Evenkeel.Runs.Text;

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
        foreach (NetworkRun run in writer.Objects("networks", experiment.Runs))
        {
            writer.WriteString("network", run.Name);
            writer.WriteBoolean("batchNorm", run.BatchNorm);
            writer.WriteNumber("bestAccuracy", run.BestAccuracy);
            writer.WriteNumber("bestStep", run.BestStep);
            writer.WriteNumber("lastAccuracy", run.LastAccuracy);
            writer.WriteFinite("stepReachingBaselineBest", run.FirstReached(experiment.Baseline.BestAccuracy));
            writer.WriteNumber("seconds", run.TrainingSeconds);
            writer.WriteNumber("typicalUnit", run.TypicalUnit);
            foreach (PercentileDrift drift in writer.Objects("drift", run.Drift))
            {
                writer.WriteNumber("percentile", drift.Percentile);
                writer.WriteNumber("range", drift.Range);
                if (double.IsFinite(drift.Relative))
                    writer.WriteNumber("rangeInWidths", drift.Relative);
            }

            run.WriteCurve(writer);
            if (run.Diverged is { } message)
                writer.WriteString("diverged", message);
        }

        if (experiment.Frozen is { } frozen)
            writer.WriteNumber("foldedAccuracy", frozen.Accuracy);
        writer.WriteString("report", report);
    }
}
