using System.CommandLine;
using System.Text.Json;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics;
using Evenkeel.Runs;
using Evenkeel.Runs.Scoring;
using Evenkeel.Runs.Text;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel diagnose</c>: why a model is good in training and bad in use.</summary>
internal static class DiagnoseCommand
{
    public static Command Create()
    {
        var options = new ModelOptions();
        var batch = new Option<int>("--batch-size")
        {
            Description = "Examples per batch for batch statistics, 2 or more",
            DefaultValueFactory = _ => 64,
        }.Within(2, NumberRange.MaxBatch);
        Command command = options.AddTo(
            new Command(
                "diagnose",
                "Compare a model's stored statistics with batch statistics, try remedies, and name the cause"
            )
        );
        command.Options.Add(batch);
        return command.WithBody(
            (parse, context) =>
            {
                using LoadedModel loaded = options.LoadDamagedModel(parse, context);
                IDataset data = options.LoadTest(parse, loaded, context);
                options.RequireMemory(
                    parse,
                    context,
                    MemoryNeed.OfStatistics(loaded.Model.Graph, parse.GetValue(batch), data.Count)
                );
                foreach (string note in WhiteningRows.Notes(loaded.Model.Graph, parse.GetValue(batch)))
                    context.Note(note);
                using var device = Device.Cpu(options.Threads(parse));
                var how = new DiagnosisOptions
                {
                    BatchSize = parse.GetValue(batch),
                    Loss = loaded.Loss,
                    AccuracyInTraining = CheckpointKeeper.BestOf(loaded.Notes, ScoreKind.Accuracy)?.Value,
                };
                Diagnosis diagnosis = loaded.Model.Diagnose(data, how, device);
                Show(loaded, data, diagnosis, context);
                return diagnosis.Cause == StatisticsCause.None ? ExitCode.Done : ExitCode.Failed;
            }
        );
    }

    private static void Show(LoadedModel loaded, IDataset data, Diagnosis diagnosis, CommandContext context)
    {
        if (diagnosis.Layers.Count > 0)
            ShowFigures(loaded, data, diagnosis, context);
        context.WriteLine($"cause: {diagnosis.Cause}: {diagnosis.Text}");
        context.WriteLine($"remedy: {FieldOptions.Told(diagnosis.Remedy, context.Command)}");
        if (diagnosis.Conversion is { } conversion)
            context.WriteLine(
                $"to convert: {ToolCommand.Text("recalibrate", loaded.Path, "--convert", conversion.Name, "--out", "FILE")}"
            );
        context.WriteJson(writer => WriteJson(writer, loaded, data, diagnosis));
    }

    private static void ShowFigures(LoadedModel loaded, IDataset data, Diagnosis diagnosis, CommandContext context)
    {
        bool whitens = diagnosis.Layers.Any(l => l.CorrelationGap is not null);
        var table = new TextTable([
            "layer",
            "gap of means",
            "stored / data variance",
            .. whitens ? (string[])["gap of correlations"] : [],
            "fits",
        ]);
        foreach (LayerGap layer in diagnosis.Layers)
            table.Row([
                layer.Layer,
                Invariant($"{layer.MeanGap:F3}"),
                Invariant($"{layer.VarianceRatio:F3}"),
                .. whitens ? (string[])[layer.CorrelationGap is { } gap ? Invariant($"{gap:F3}") : "-"] : [],
                layer.Fits ? "yes" : "no",
            ]);
        context.WriteTable(table);
        context.WriteLine("gap of means: root mean square over channels, in standard deviations of the data");
        if (whitens)
            context.WriteLine(
                "gap of correlations: root mean square over pairs of channels that are whitened together"
            );
        context.WriteLine(Invariant($"{data.Name}, {data.Count:N0} examples:"));
        context.WriteLine($"  with batch statistics, as in training: {Results(loaded, diagnosis.Batch)}");
        context.WriteLine($"  with stored statistics, as in use:     {Results(loaded, diagnosis.Stored)}");
        foreach (RemedyTrial trial in diagnosis.Trials)
            context.WriteLine($"tried: {trial.What}: {trial.Figures}");
    }

    private static void WriteJson(Utf8JsonWriter writer, LoadedModel loaded, IDataset data, Diagnosis diagnosis)
    {
        writer.WriteString("model", loaded.Path);
        writer.WriteString("data", data.Name);
        writer.WriteNumber("examples", data.Count);
        writer.WriteString("cause", diagnosis.Cause.ToString());
        writer.WriteString("text", diagnosis.Text);
        writer.WriteString("remedy", diagnosis.Remedy);
        writer.WriteFinite("accuracyStored", diagnosis.Stored.Accuracy);
        writer.WriteFinite("accuracyBatch", diagnosis.Batch.Accuracy);
        if (double.IsNaN(diagnosis.Stored.Accuracy) && !double.IsNaN(diagnosis.Stored.Loss))
        {
            Score stored = ScoreIn(loaded, diagnosis.Stored);
            writer.WriteFinite($"{stored.Kind.Key}Stored", stored.Value);
            writer.WriteFinite($"{stored.Kind.Key}Batch", ScoreIn(loaded, diagnosis.Batch).Value);
        }

        writer.WriteFinite("lossStored", diagnosis.Stored.Loss);
        writer.WriteFinite("lossBatch", diagnosis.Batch.Loss);
        writer.WriteString("conversion", diagnosis.Conversion?.Name);
        foreach (RemedyTrial trial in writer.Objects("trials", diagnosis.Trials))
        {
            TrialJson.Write(writer, trial);
        }

        foreach (LayerGap layer in writer.Objects("layers", diagnosis.Layers))
        {
            writer.WriteString("layer", layer.Layer);
            writer.WriteFinite("meanGap", layer.MeanGap);
            writer.WriteFinite("varianceRatio", layer.VarianceRatio);
            if (layer.CorrelationGap is { } gap)
                writer.WriteFinite("correlationGap", gap);
            writer.WriteBoolean("fits", layer.Fits);
        }
    }

    private static string Results(LoadedModel loaded, Evaluation result) =>
        double.IsNaN(result.Loss)
            ? "unknown without labels or targets"
            : Invariant($"{ScoreIn(loaded, result)}, loss {result.Loss:F4}");

    // The figure that fits the loss, as for training runs.
    private static Score ScoreIn(LoadedModel loaded, Evaluation result) =>
        ScoreKind
            .For(loaded.Loss?.Kind ?? (result.Errors is null ? null : new MeanSquaredError().Kind))
            .ScoreOf(result);
}
