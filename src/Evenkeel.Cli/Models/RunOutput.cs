using System.Text.Json;
using Evenkeel.Cli.Terminal;
using static System.FormattableString;

namespace Evenkeel.Cli.Models;

/// <summary>What a model computed for one of its outputs.</summary>
/// <param name="Name">The output, as the file has it.</param>
/// <param name="File">The file that receives it.</param>
/// <param name="Dimensions">[batch, ...], in the file's order.</param>
/// <param name="Values">As many as the dimensions multiply to.</param>
/// <param name="Seconds">Time of the computation.</param>
internal sealed record RunOutput(string Name, string File, int[] Dimensions, float[] Values, double Seconds)
{
    private const int Shown = 3;

    /// <summary>Where an output holds one number per class, the largest of each image.</summary>
    public static void ShowClasses(IReadOnlyList<string> images, RunOutput output, CommandContext context)
    {
        if (output.Dimensions is not [_, var classes] || classes < 2)
            return;
        var table = new TextTable("image", "class", "value", "then");
        for (int i = 0; i < images.Count; i++)
        {
            float[] values = output.Values[(i * classes)..((i + 1) * classes)];
            int[] order = [.. Enumerable.Range(0, classes).OrderByDescending(c => values[c]).Take(Shown)];
            table.Row(
                images[i],
                Invariant($"{order[0]}"),
                Invariant($"{values[order[0]]:G4}"),
                string.Join(", ", order.Skip(1).Select(c => Invariant($"{c} ({values[c]:G4})")))
            );
        }

        context.WriteTable(table);
    }

    /// <summary>The shapes of what went in and came out.</summary>
    public static void WriteJson(Utf8JsonWriter writer, LoadedModel model, int inputs, RunOutput[] outputs)
    {
        Graphs.Shape shape = model.Model.Graph.Input.Shape;
        writer.WriteStartArray("inputs");
        WriteTensor(writer, model.InputName, [inputs / shape.Count, .. model.Layout.Dimensions(shape)]);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartArray("outputs");
        foreach (RunOutput output in outputs)
        {
            WriteTensor(writer, output.Name, output.Dimensions);
            writer.WriteString("file", output.File);
            writer.WriteNumber("seconds", output.Seconds);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("seconds", outputs.Sum(o => o.Seconds));
    }

    private static void WriteTensor(Utf8JsonWriter writer, string name, IEnumerable<int> dimensions)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteStartArray("shape");
        foreach (int dimension in dimensions)
            writer.WriteNumberValue(dimension);
        writer.WriteEndArray();
    }
}
