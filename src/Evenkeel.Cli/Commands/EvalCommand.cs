using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Configuration;
using Evenkeel.Cli.Runs;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data;
using Evenkeel.Data.Images;
using Evenkeel.Kernels.Threading;
using Evenkeel.Serialization;
using Evenkeel.Training;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel eval</c>: how a model or a checkpoint does on test data.</summary>
internal static class EvalCommand
{
    private const int FewClasses = 5;

    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "A model or a checkpoint, a .safetensors file" };
        var source = new Option<string?>("--data")
        {
            Description =
                "Test data: digits, mnist, fashion or a folder with MNIST's four files; for images shapes, a folder, a .tar or .tar.gz "
                + "file; that of the training if not given",
            HelpName = "source",
        };
        var encoding = new Option<string?>("--encoding")
        {
            Description = "What a pixel's value is: binary, unit or standardized; that of the training if not given",
            HelpName = "name",
        };
        var count = new Option<int?>("--test-count") { Description = "Use the first so many test examples" };
        var threads = new Option<int>("--threads")
        {
            Description = "Threads that compute",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var command = new Command("eval", "Evaluate a model on test data") { model, source, encoding, count, threads };
        return command.WithBody(
            (parse, context) =>
            {
                string file = parse.GetValue(model)!;
                if (!File.Exists(file))
                    throw new UsageException($"{file}: the model file does not exist.");
                if (parse.GetValue(threads) is < 1 or > 1024)
                    throw new UsageException("--threads: it must be 1 to 1024.");
                if (parse.GetValue(count) is < 1)
                    throw new UsageException("--test-count: it must be 1 or more.");
                DataConfig data = Choose(file, parse.GetValue(source), parse.GetValue(encoding));
                if (parse.GetValue(count) is { } examples)
                    data = data with { TestCount = examples };
                Evaluate(file, data, parse.GetValue(threads), context);
                return ExitCode.Done;
            }
        );
    }

    // A checkpoint says which data it was made with; on other data, or data read otherwise, the numbers mean something else.
    private static DataConfig Choose(string file, string? source, string? encoding)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(file);
        DataConfig data = reader.Metadata.TryGetValue(DataConfig.Note, out string? note)
            ? DataConfig.Parse(note, $"{file} ({DataConfig.Note})")
            : new PixelDataConfig();
        if (source is not null)
            data = data.Of(DataConfig.FromCommandLine(source));
        return (encoding, data) switch
        {
            (null, _) => data,
            ({ } name, PixelDataConfig pixels) => pixels with
            {
                Encoding = PixelDataConfig.RequireEncoding(name, "--encoding"),
            },
            _ => throw new UsageException(
                "--encoding: it is for grey pixels, but the model was trained on colour images."
            ),
        };
    }

    private static void Evaluate(string file, DataConfig config, int threads, CommandContext context)
    {
        using Model model = ModelFile.Load(file);
        IDataset test = DataSource.LoadTest(config, context);
        using var pool = new WorkerPool(threads);
        using var evaluator = new Evaluator(model, test, pool);
        Evaluation evaluation = evaluator.Run();
        ClassTable classes = ClassTable.Count(model, test, pool);
        context.WriteLine(
            Text(
                $"{test.Name} ({config.Reading}): accuracy {100 * evaluation.Accuracy:F2}%{TopFive(evaluation, classes)}, loss {evaluation.Loss:F4}, {evaluation.Count:N0} examples"
            )
        );
        context.WriteLine();
        context.WriteTable(Table(classes, test));
        context.WriteJson(writer => WriteJson(writer, file, test, config, evaluation, classes));
    }

    // Of five classes or fewer, the five most probable are all.
    private static string TopFive(Evaluation evaluation, ClassTable classes) =>
        classes.Classes > FewClasses ? Text($", top-5 {100 * evaluation.TopFive:F2}%") : "";

    private static TextTable Table(ClassTable classes, IDataset test)
    {
        IReadOnlyList<string>? names = (test as ImageDataset)?.Source.ClassNames;
        var table = new TextTable("class", "examples", "right", "accuracy", "most often taken for");
        for (int label = 0; label < classes.Classes; label++)
        {
            int examples = classes.Examples(label),
                right = classes[label, label];
            table.Row(
                names is not null && label < names.Count ? Text($"{label} {names[label]}") : Text($"{label}"),
                Text($"{examples:N0}"),
                Text($"{right:N0}"),
                examples > 0 ? Text($"{100.0 * right / examples:F2}%") : "-",
                classes.WorstConfusion(label) is { } worst ? Text($"{worst.Said} ({worst.Count} times)") : "-"
            );
        }

        return table;
    }

    private static void WriteJson(
        Utf8JsonWriter writer,
        string file,
        IDataset test,
        DataConfig config,
        Evaluation evaluation,
        ClassTable classes
    )
    {
        writer.WriteString("model", file);
        writer.WriteString("data", test.Name);
        writer.WriteString("source", config.Source);
        if (config is PixelDataConfig pixels)
            writer.WriteString("encoding", pixels.Encoding);
        writer.WriteNumber("accuracy", evaluation.Accuracy);
        if (classes.Classes > FewClasses)
            writer.WriteNumber("topFive", evaluation.TopFive);
        if (double.IsFinite(evaluation.Loss))
            writer.WriteNumber("loss", evaluation.Loss);
        else
            writer.WriteNull("loss");
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

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
