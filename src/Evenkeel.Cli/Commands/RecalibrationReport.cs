using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics;
using Evenkeel.Runs.Text;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary>What recalibration or conversion did, for people and as JSON.</summary>
/// <param name="model">The model with new statistics.</param>
/// <param name="how">How they were made, in one line.</param>
/// <param name="output">The file that it goes to.</param>
internal sealed class RecalibrationReport(Model model, string how, string output)
{
    public Model Model => model;

    public string Output => output;

    public string How => how;

    /// <summary>What changed in each layer; empty for a conversion.</summary>
    public IReadOnlyList<RecalibratedLayer> Layers { get; init; } = [];

    /// <summary>Examples that the statistics were measured on; 0 for a conversion.</summary>
    public int Examples { get; init; }

    /// <summary>Before and after on labelled data; null without.</summary>
    public RemedyTrial? Trial { get; set; }

    /// <summary>Shows it.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="judge">Name of the data it was judged by.</param>
    /// <param name="refused">Whether nothing was written.</param>
    /// <param name="checksum">Of the parameters.</param>
    public void Show(CommandContext context, string? judge, bool refused, string checksum)
    {
        if (Layers.Count > 0)
        {
            var table = new TextTable("layer", "shift of means", "new / old variance");
            foreach (RecalibratedLayer layer in Layers)
                table.Row(layer.Layer, Invariant($"{layer.MeanShift:F3}"), Invariant($"{layer.VarianceRatio:F3}"));
            context.WriteTable(table);
        }

        context.WriteLine(how);
        if (Trial is not null)
            context.WriteLine($"{judge}: {Trial.Figures}");
        context.WriteLine($"weights unchanged: SHA-256 {checksum}");
        if (!refused)
            context.WriteLine($"written: {output}");
        context.WriteJson(writer => WriteJson(writer, refused, checksum));
    }

    private void WriteJson(Utf8JsonWriter writer, bool refused, string checksum)
    {
        writer.WriteString("output", refused ? null : output);
        writer.WriteString("how", how);
        writer.WriteNumber("examplesUsed", Examples);
        writer.WriteString("parameterChecksum", checksum);
        writer.WriteFinite("accuracyBefore", Trial?.Before.Accuracy);
        writer.WriteFinite("accuracyAfter", Trial?.After.Accuracy);
        writer.WriteFinite("lossBefore", Trial?.Before.Loss);
        writer.WriteFinite("lossAfter", Trial?.After.Loss);
        if (Trial is not null)
        {
            writer.WriteStartObject("trial");
            TrialJson.Write(writer, Trial);
            writer.WriteEndObject();
        }

        foreach (RecalibratedLayer layer in writer.Objects("layers", Layers))
        {
            writer.WriteString("layer", layer.Layer);
            writer.WriteFinite("meanShift", layer.MeanShift);
            writer.WriteFinite("varianceRatio", layer.VarianceRatio);
        }
    }
}
