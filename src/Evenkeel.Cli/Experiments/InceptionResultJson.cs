using System.Text.Json;
using Evenkeel.Runs.Text;

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

    private static void WriteEnsemble(Utf8JsonWriter writer, EnsembleResult ensemble)
    {
        writer.WriteStartObject("ensemble");
        writer.WriteNumber("images", ensemble.Images);
        foreach (EnsembleLine line in writer.Objects("lines", ensemble.Lines))
        {
            writer.WriteString("model", line.Model);
            writer.WriteNumber("views", line.Views);
            writer.WriteNumber("models", line.Models);
            writer.WriteNumber("topOneError", line.TopOneError);
            writer.WriteNumber("topFiveError", line.TopFiveError);
        }

        writer.WriteEndObject();
    }

    private static void WriteRuns(Utf8JsonWriter writer, string name, IReadOnlyList<InceptionRun> runs, double baseline)
    {
        foreach (InceptionRun run in writer.Objects(name, runs))
        {
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
            writer.WriteFinite("stepReachingBaselineBest", run.FirstReached(baseline));
            if (run.DivergedAt is { } diverged)
                writer.WriteNumber("divergedAtStep", diverged);
            if (run.IsSaved)
                writer.WriteString("model", run.ModelPath);
            writer.WriteNumber("seconds", run.TrainingSeconds);
            run.WriteCurve(writer);
        }
    }
}
