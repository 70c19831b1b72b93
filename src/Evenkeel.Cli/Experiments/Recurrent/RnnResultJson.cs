using System.Text.Json;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Experiments.Recurrent;

/// <summary>The experiment's numbers as JSON fields: what <c>--json</c> prints and <c>result.json</c> keeps.</summary>
internal static class RnnResultJson
{
    public static void Write(Utf8JsonWriter writer, RnnExperiment experiment, string report)
    {
        writer.WriteString("experiment", "rnn");
        writer.WriteString("data", experiment.DataName);
        writer.WriteString("order", experiment.Options.Order.Word());
        writer.WriteNumber("timeSteps", experiment.Options.TimeSteps);
        writer.WriteNumber("units", experiment.Options.Units);
        writer.WriteNumber("steps", experiment.Options.Steps);
        writer.WriteNumber("batchSize", RnnOptions.BatchSize);
        writer.WriteNumber("learningRate", experiment.Options.LearningRate);
        writer.WriteNumber("seed", experiment.Options.Seed);
        foreach (RnnRun run in writer.Objects("networks", experiment.Runs))
        {
            writer.WriteString("network", run.Name);
            if (run.Gamma is { } gamma)
                writer.WriteNumber("gamma", gamma);
            writer.WriteNumber("bestAccuracy", run.BestAccuracy);
            writer.WriteNumber("bestStep", run.BestStep);
            writer.WriteNumber("lastAccuracy", run.LastAccuracy);
            writer.WriteFinite("stepReachingBaselineBest", run.FirstReached(experiment.Baseline.BestAccuracy));
            writer.WriteNumber("seconds", run.TrainingSeconds);
            WriteNumbers(writer, "gradientsBefore", run.GradientsBefore);
            WriteNumbers(writer, "gradientsAtTheEnd", run.GradientsNow);
            run.WriteCurve(writer);
            if (run.Diverged is { } message)
                writer.WriteString("diverged", message);
        }

        writer.WriteString("report", report);
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, double[] values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values.Where(double.IsFinite))
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
