using System.CommandLine;
using System.Text.Json;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Runs;
using Evenkeel.Cli.Terminal;
using Evenkeel.Ranks;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Text;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel eval</c>: how a model or a checkpoint does on test data.</summary>
internal static class EvalCommand
{
    private const int FewClasses = 5;

    private static readonly ModelOptions Common = new();

    private static readonly RankOption Ranks = new(
        "Evaluate as so many ranks of this process that share out the examples"
    );

    public static Command Create()
    {
        Command command = Common.AddTo(new Command("eval", "Evaluate a model on test data"));
        Ranks.AddTo(command);
        return command.WithBody((parse, context) => Ranks.Run(parse, context, (ranks, own) => Run(parse, own, ranks)));
    }

    private static int Run(ParseResult parse, CommandContext context, Communicator? ranks)
    {
        using LoadedModel model = Common.LoadModel(parse, context);
        IDataset test = Common.LoadTest(parse, model, context);
        Common.RequireMemory(parse, context, MemoryNeed.OfEvaluation(model.Model.Graph, test.Count));
        using var device = Device.Cpu(Common.Threads(parse, RankProcessors.Share(ranks)));
        Evaluation evaluation = model.Model.Evaluate(test, device, ranks);
        ClassTable classes = ClassTable.Count(model.Model, test, device, ranks);
        Show(model, test, Common.Data(parse, model), evaluation, classes, context);
        return ExitCode.Done;
    }

    private static void Show(
        LoadedModel loaded,
        IDataset test,
        DataConfig? config,
        Evaluation evaluation,
        ClassTable classes,
        CommandContext context
    )
    {
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
            WriteJson(writer, loaded.Path, test, config, evaluation, classes);
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
