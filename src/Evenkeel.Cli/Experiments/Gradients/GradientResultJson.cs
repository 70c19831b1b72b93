using System.Text.Json;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>The experiment's numbers as JSON fields: what <c>--json</c> prints and <c>result.json</c> keeps.</summary>
internal static class GradientResultJson
{
    public static void Write(Utf8JsonWriter writer, GradientExperiment experiment, string report)
    {
        GradientOptions options = experiment.Options;
        writer.WriteString("experiment", "gradients");
        writer.WriteString("data", experiment.DataName);
        writer.WriteNumber("width", options.Width);
        writer.WriteNumber("steps", options.Steps);
        writer.WriteNumber("batchSize", GradientOptions.BatchSize);
        writer.WriteNumber("learningRate", options.LearningRate);
        writer.WriteNumber("seed", options.Seed);
        writer.WriteNumber("seeds", options.Seeds);
        writer.WriteStartObject("predictedRootMeanSquareWithBatchNorm");
        foreach (DeepActivation activation in options.Activations)
            writer.WriteNumber(DeepNetwork.Word(activation), WideLimit.RootMeanSquare(activation));
        writer.WriteEndObject();
        foreach (GradientResult result in writer.Objects("networks", experiment.Results))
            WriteNetwork(writer, result);
        writer.WriteString("report", report);
    }

    private static void WriteNetwork(Utf8JsonWriter writer, GradientResult result)
    {
        writer.WriteString("activation", DeepNetwork.Word(result.Network.Activation));
        writer.WriteBoolean("batchNorm", result.Network.BatchNorm);
        writer.WriteNumber("scale", result.Network.Scale);
        writer.WriteNumber("depth", result.Network.Depth);
        writer.WriteNumber("seed", result.Network.Seed);
        writer.WriteNumber("bestAccuracy", result.BestAccuracy);
        writer.WriteNumber("lastAccuracy", result.LastAccuracy);
        WriteProfile(writer, "before", result.Before);
        WriteProfile(writer, "after", result.After);
        foreach (LossSmoothness at in writer.Objects("smoothness", result.Smoothness))
        {
            writer.WriteNumber("step", at.Step);
            writer.WriteFinite("loss", at.Loss);
            writer.WriteFinite("lossRange", at.LossRange);
            writer.WriteFinite("gradientChange", at.GradientChange);
            writer.WriteFinite("smoothness", at.Smoothness);
        }

        if (result.Diverged is { } message)
            writer.WriteString("diverged", message);
    }

    private static void WriteProfile(Utf8JsonWriter writer, string name, DepthProfile profile)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("step", profile.Step);
        foreach (LayerJacobian jacobian in writer.Objects("jacobians", profile.Jacobians))
        {
            writer.WriteNumber("layer", jacobian.Layer);
            writer.WriteFinite("minimum", jacobian.Minimum);
            writer.WriteFinite("median", jacobian.Median);
            writer.WriteFinite("maximum", jacobian.Maximum);
            writer.WriteFinite("rootMeanSquare", jacobian.RootMeanSquare);
            writer.WriteFinite("nearOne", jacobian.NearOne);
        }

        WriteList(writer, "gradients", profile.Gradients);
        WriteList(writer, "saturated", profile.Saturated);
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }

        writer.WriteEndArray();
    }
}
