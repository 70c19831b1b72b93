using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Text;
using static System.FormattableString;

namespace Evenkeel.Cli.Models;

/// <summary>What an output of one number per class says of each example: its largest numbers, and what their classes are called.</summary>
internal sealed class Predictions(
    RunOutput output,
    int classes,
    IReadOnlyList<string> examples,
    IReadOnlyList<string> names
)
{
    private const int Likely = 3;
    private const int MaxRows = 50;

    /// <summary>Reads an output, where it holds one number per class: of images, or of a model that knows its classes by name.</summary>
    /// <param name="output">The output.</param>
    /// <param name="model">The model.</param>
    /// <param name="images">Files of the images; none if the batch came as an array.</param>
    /// <returns>Null where there is nothing to say.</returns>
    public static Predictions? Of(RunOutput output, LoadedModel model, IReadOnlyList<string> images)
    {
        if (output.Dimensions is not [var count, var classes] || classes < 2)
            return null;
        IReadOnlyList<string> names = TrainingNotes.ClassNames(model.Notes);
        if (names.Count != classes)
            names = [];
        if (images.Count == 0 && names.Count == 0)
            return null;
        IReadOnlyList<string> examples =
            images.Count > 0 ? images : [.. Enumerable.Range(0, count).Select(i => Invariant($"{i}"))];
        return new Predictions(output, classes, examples, names);
    }

    /// <summary>Shows them as a table.</summary>
    public void Show(CommandContext context)
    {
        var table = new TextTable("example", "class", "value", "then");
        for (int i = 0; i < Math.Min(examples.Count, MaxRows); i++)
        {
            ReadOnlySpan<float> values = Values(i);
            int[] order = Order(i);
            string[] then = [.. order.Skip(1).Select(c => Invariant($"{Label(c)} ({Values(i)[c]:G4})"))];
            table.Row(examples[i], Label(order[0]), Invariant($"{values[order[0]]:G4}"), string.Join(", ", then));
        }

        context.WriteTable(table);
        if (examples.Count > MaxRows)
            context.WriteLine(Invariant($"and {examples.Count - MaxRows} more"));
    }

    /// <summary>Writes the list <c>predictions</c>: of each example its likely classes, the first first.</summary>
    public void WriteJson(Utf8JsonWriter writer)
    {
        foreach (int i in writer.Objects("predictions", Enumerable.Range(0, examples.Count)))
        {
            writer.WriteString("example", examples[i]);
            foreach (int c in writer.Objects("classes", Order(i)))
            {
                writer.WriteNumber("class", c);
                if (names.Count > 0)
                    writer.WriteString("name", names[c]);
                writer.WriteFinite("value", Values(i)[c]);
            }
        }
    }

    private string Label(int label) => TrainingNotes.Label(names, label);

    private ReadOnlySpan<float> Values(int example) => output.Values.AsSpan(example * classes, classes);

    private int[] Order(int example)
    {
        float[] values = Values(example).ToArray();
        return [.. Enumerable.Range(0, classes).OrderByDescending(c => values[c]).Take(Likely)];
    }
}
