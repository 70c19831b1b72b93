using System.Text.Json;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Text;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary>An evaluation and what it is of.</summary>
/// <param name="Loaded">The model.</param>
/// <param name="Data">The examples.</param>
/// <param name="Config">How they are read; null for arrays.</param>
/// <param name="Result">What came out.</param>
internal sealed record Evaluated(LoadedModel Loaded, IDataset Data, DataConfig? Config, Evaluation Result)
{
    /// <summary>Names of the classes by label; none where nothing says them.</summary>
    public IReadOnlyList<string> ClassNames => Data.Images()?.ClassNames ?? TrainingNotes.ClassNames(Loaded.Notes);

    /// <summary>One line for people.</summary>
    /// <param name="figures">What came out beside the loss.</param>
    /// <param name="context">Where it is written.</param>
    public void WriteLine(string figures, CommandContext context)
    {
        if (!double.IsFinite(Result.Loss))
            context.Note(
                "The loss is not finite: for some examples the model's outputs are not finite, or the correct class has probability 0. "
                    + "'evenkeel diagnose' and 'evenkeel run' show more."
            );
        string reading = Config is null ? "" : $" ({Config.Reading})";
        context.WriteLine(
            Invariant($"{Data.Name}{reading}: {figures}, loss {Result.Loss:F4}, {Result.Count:N0} examples")
        );
    }

    /// <summary>The fields of an object.</summary>
    /// <param name="writer">Receives them.</param>
    /// <param name="writeFigures">Writes those of what came out beside the loss.</param>
    public void WriteJson(Utf8JsonWriter writer, Action writeFigures)
    {
        writer.WriteString("model", Loaded.Path);
        writer.WriteString("data", Data.Name);
        writer.WriteString("source", Config?.TestSource ?? Data.Name);
        if (Config is PixelDataConfig pixels)
            writer.WriteString("encoding", pixels.Encoding);
        writeFigures();
        writer.WriteFinite("loss", Result.Loss);
        writer.WriteNumber("examples", Result.Count);
    }
}
