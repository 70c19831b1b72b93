using System.Text.Json;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Models;

/// <summary>What a model computed for one of its outputs.</summary>
/// <param name="Name">The output, as the file has it.</param>
/// <param name="File">The file that receives it; null where none does.</param>
/// <param name="Dimensions">[batch, ...], in the file's order.</param>
/// <param name="Values">As many as the dimensions multiply to.</param>
/// <param name="Seconds">Time of the computation.</param>
internal sealed record RunOutput(string Name, string? File, int[] Dimensions, float[] Values, double Seconds)
{
    /// <summary>The shapes of what went in and came out.</summary>
    public static void WriteJson(Utf8JsonWriter writer, LoadedModel model, int inputs, RunOutput[] outputs)
    {
        Shape shape = model.Model.Graph.Input.Shape;
        foreach (string input in writer.Objects("inputs", [model.InputName]))
            WriteTensor(writer, input, [inputs / shape.Count, .. model.Layout.Dimensions(shape)]);
        foreach (RunOutput output in writer.Objects("outputs", outputs))
        {
            WriteTensor(writer, output.Name, output.Dimensions);
            if (output.File is { } file)
                writer.WriteString("file", file);
            writer.WriteNumber("seconds", output.Seconds);
        }

        writer.WriteNumber("seconds", outputs.Sum(o => o.Seconds));
    }

    private static void WriteTensor(Utf8JsonWriter writer, string name, IEnumerable<int> dimensions)
    {
        writer.WriteString("name", name);
        writer.WriteNumbers("shape", dimensions.Select(d => (double)d));
    }
}
