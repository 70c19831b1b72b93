using System.Text.Json;

namespace Evenkeel.Cli.Experiments;

/// <summary>The results of section 4.2 as JSON fields.</summary>
internal static class InceptionResultJson
{
    public static void Write(Utf8JsonWriter writer, InceptionExperiment experiment, string report)
    {
        InceptionExperimentOptions options = experiment.Options;
        double baseline = experiment.Runs[0].BestAccuracy;
        writer.WriteString("experiment", "inception");
        writer.WriteString("data", experiment.DataName);
        writer.WriteNumber("size", options.Size);
        writer.WriteNumber("width", options.Width);
        writer.WriteNumber("steps", options.Steps);
        writer.WriteNumber("batchSize", InceptionRecipe.BatchSize);
        writer.WriteNumber("learningRate", options.LearningRate);
        writer.WriteNumber("momentum", InceptionRecipe.Momentum);
        writer.WriteNumber("seed", options.Seed);
        writer.WriteNumber("leastCropArea", options.MinCropArea);
        WriteRuns(writer, "networks", experiment.Runs, baseline);
        if (experiment.Ensemble is { } ensemble)
        {
            WriteRuns(writer, "ensembleNetworks", experiment.EnsembleRuns, baseline);
            WriteEnsemble(writer, ensemble);
        }

        writer.WriteString("report", report);
    }

    private static void WriteRuns(Utf8JsonWriter writer, string name, IReadOnlyList<InceptionRun> runs, double baseline)
    {
        writer.WriteStartArray(name);
        foreach (InceptionRun run in runs)
            WriteRun(writer, run, baseline);
        writer.WriteEndArray();
    }

    private static void WriteEnsemble(Utf8JsonWriter writer, EnsembleResult ensemble)
    {
        writer.WriteStartObject("ensemble");
        writer.WriteNumber("images", ensemble.Images);
        writer.WriteStartArray("lines");
        foreach (EnsembleLine line in ensemble.Lines)
        {
            writer.WriteStartObject();
            writer.WriteString("model", line.Model);
            writer.WriteNumber("views", line.Views);
            writer.WriteNumber("models", line.Models);
            writer.WriteNumber("topOneError", line.TopOneError);
            writer.WriteNumber("topFiveError", line.TopFiveError);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteRun(Utf8JsonWriter writer, InceptionRun run, double baseline)
    {
        writer.WriteStartObject();
        writer.WriteString("network", run.Recipe.Name);
        writer.WriteNumber("parameters", run.Parameters);
        writer.WriteNumber("rateFactor", run.Recipe.RateFactor);
        writer.WriteBoolean("batchNorm", run.Recipe.BatchNorm);
        writer.WriteString("activation", run.Recipe.Activation.Kind);
        writer.WriteNumber("dropout", run.Recipe.Dropout);
        writer.WriteBoolean("localResponseNorm", run.Recipe.LocalResponseNorm);
        writer.WriteNumber("weightDecay", run.Recipe.WeightDecay);
        writer.WriteNumber("distortion", run.Recipe.Distortion);
        writer.WriteNumber("bestAccuracy", run.BestAccuracy);
        writer.WriteNumber("bestTopFive", run.BestTopFive);
        writer.WriteNumber("bestStep", run.BestStep);
        if (run.FirstReached(baseline) is { } step)
            writer.WriteNumber("stepReachingBaselineBest", step);
        else
            writer.WriteNull("stepReachingBaselineBest");
        if (run.DivergedAt is { } diverged)
            writer.WriteNumber("divergedAtStep", diverged);
        if (run.IsSaved)
            writer.WriteString("model", run.ModelPath);
        writer.WriteNumber("seconds", run.TrainingSeconds);
        writer.WriteStartArray("accuracy");
        foreach ((long at, Training.Evaluation result) in run.Points)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(at);
            writer.WriteNumberValue(result.Accuracy);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
