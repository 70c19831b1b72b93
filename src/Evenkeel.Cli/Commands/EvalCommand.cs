using System.CommandLine;
using System.Text.Json;
using Evenkeel.Cli.Configuration;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Runs;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data;
using Evenkeel.Execution;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel eval</c>: how a model or a checkpoint does on test data.</summary>
internal static class EvalCommand
{
    private const int FewClasses = 5;

    public static Command Create()
    {
        var options = new ModelOptions();
        return options
            .AddTo(new Command("eval", "Evaluate a model on test data"))
            .WithBody(
                (parse, context) =>
                {
                    using LoadedModel model = options.LoadModel(parse, context);
                    IDataset test = options.LoadTest(parse, model, context);
                    options.RequireMemory(parse, context, MemoryNeed.OfEvaluation(model.Model.Graph, test.Count));
                    Evaluate(model, test, options.Data(parse, model), options.Threads(parse), context);
                    return ExitCode.Done;
                }
            );
    }

    private static void Evaluate(
        LoadedModel loaded,
        IDataset test,
        DataConfig? config,
        int threads,
        CommandContext context
    )
    {
        (Model model, string file) = (loaded.Model, loaded.Path);
        using var device = Device.Cpu(threads);
        Evaluation evaluation = model.Evaluate(test, device);
        ClassTable classes = ClassTable.Count(model, test, device);
        if (!double.IsFinite(evaluation.Loss))
            context.Note(
                "The loss is no finite number: of some examples the model's outputs are none, or give the right class no chance at all. "
                    + "'evenkeel diagnose' and 'evenkeel run' on them tell more."
            );
        context.WriteLine(
            Invariant(
                $"{test.Name}{(config is null ? "" : $" ({config.Reading})")}: accuracy {100 * evaluation.Accuracy:F2}%{TopFive(evaluation, classes)}, loss {evaluation.Loss:F4}, {evaluation.Count:N0} examples"
            )
        );
        context.WriteLine();
        IReadOnlyList<string> names = test.Images()?.ClassNames ?? TrainingNotes.ClassNames(loaded.Notes);
        context.WriteTable(Table(classes, names));
        context.WriteJson(writer =>
        {
            WriteJson(writer, file, test, config, evaluation, classes);
            if (names.Count > 0)
                writer.WriteStrings("classes", names);
        });
    }

    // Of five classes or fewer, the five most probable are all.
    private static string TopFive(Evaluation evaluation, ClassTable classes) =>
        classes.Classes > FewClasses ? Invariant($", top-5 {100 * evaluation.TopFive:F2}%") : "";

    private static TextTable Table(ClassTable classes, IReadOnlyList<string> names)
    {
        var table = new TextTable("class", "examples", "right", "accuracy", "most often taken for");
        for (int label = 0; label < classes.Classes; label++)
        {
            int examples = classes.Examples(label),
                right = classes[label, label];
            table.Row(
                TrainingNotes.Label(names, label),
                Invariant($"{examples:N0}"),
                Invariant($"{right:N0}"),
                examples > 0 ? Invariant($"{100.0 * right / examples:F2}%") : "-",
                classes.WorstConfusion(label) is { } worst
                    ? Invariant($"{TrainingNotes.Label(names, worst.Said)} ({worst.Count} times)")
                    : "-"
            );
        }

        return table;
    }

    private static void WriteJson(
        Utf8JsonWriter writer,
        string file,
        IDataset test,
        DataConfig? config,
        Evaluation evaluation,
        ClassTable classes
    )
    {
        writer.WriteString("model", file);
        writer.WriteString("data", test.Name);
        writer.WriteString("source", config?.Source ?? test.Name);
        if (config is PixelDataConfig pixels)
            writer.WriteString("encoding", pixels.Encoding);
        writer.WriteNumber("accuracy", evaluation.Accuracy);
        if (classes.Classes > FewClasses)
            writer.WriteNumber("topFive", evaluation.TopFive);
        writer.WriteFinite("loss", evaluation.Loss);
        writer.WriteNumber("examples", evaluation.Count);
        writer.WriteStartArray("confusion");
        for (int label = 0; label < classes.Classes; label++)
        {
            writer.WriteStartArray();
            for (int said = 0; said < classes.Classes; said++)
                writer.WriteNumberValue(classes[label, said]);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }
}
