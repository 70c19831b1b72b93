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
    // Of five classes or fewer, the five most probable are all.
    private const int FewClasses = 5;

    private static readonly ModelOptions Common = new();

    private static readonly RankOption Ranks = new("Evaluate with this number of ranks, as threads of this process");

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
        Evaluation evaluation = model.Model.Evaluate(test, device, ranks, model.Loss);
        var evaluated = new Evaluated(model, test, Common.Data(parse, model), evaluation);
        if (test is ITargetDataset)
            Show(evaluated, context);
        else
            Show(evaluated, ClassTable.Count(model.Model, test, device, ranks), context);
        return ExitCode.Done;
    }

    private static void Show(Evaluated evaluated, CommandContext context)
    {
        IReadOnlyList<EvaluationFigure> figures = EvaluationFigure.Of(evaluated.Result);
        evaluated.WriteLine(string.Join(", ", figures.Select(f => f.Text)), context);
        context.WriteJson(writer =>
            evaluated.WriteJson(
                writer,
                () =>
                {
                    foreach (EvaluationFigure figure in figures)
                        writer.WriteFinite(figure.Key, figure.Value);
                }
            )
        );
    }

    private static void Show(Evaluated evaluated, ClassTable classes, CommandContext context)
    {
        Evaluation result = evaluated.Result;
        bool many = classes.Classes > FewClasses;
        string topFive = many ? Invariant($", top-5 {100 * result.TopFive:F2}%") : "";
        evaluated.WriteLine(Invariant($"accuracy {100 * result.Accuracy:F2}%{topFive}"), context);
        context.WriteLine();
        IReadOnlyList<string> names = evaluated.ClassNames;
        context.WriteTable(Table(classes, names));
        context.WriteJson(writer =>
        {
            evaluated.WriteJson(
                writer,
                () =>
                {
                    writer.WriteNumber("accuracy", result.Accuracy);
                    if (many)
                        writer.WriteNumber("topFive", result.TopFive);
                }
            );
            WriteConfusion(writer, classes);
            if (names.Count > 0)
                writer.WriteStrings("classes", names);
        });
    }

    private static TextTable Table(ClassTable classes, IReadOnlyList<string> names)
    {
        var table = new TextTable("class", "examples", "correct", "accuracy", "most often confused with");
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

    private static void WriteConfusion(Utf8JsonWriter writer, ClassTable classes)
    {
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
