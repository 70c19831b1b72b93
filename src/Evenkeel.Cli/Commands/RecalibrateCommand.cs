using System.CommandLine;
using System.Text.Json;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data;
using Evenkeel.Kernels.Threading;
using Evenkeel.Normalization;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel recalibrate</c>: measures a model's statistics anew on data; weights stay as they are.</summary>
internal static class RecalibrateCommand
{
    private static readonly ModelOptions Common = new();

    private static readonly ModelOutput Out = new("The model with new statistics");

    private static readonly Option<string> Order = new("--order")
    {
        Description =
            "layers: each layer is fed with new statistics before it, exact; one-pass: with batch statistics, as in training",
        DefaultValueFactory = _ => "layers",
    };

    private static readonly Option<string> Estimator = new("--estimator")
    {
        Description = "pooled: all values alike; paper: the average of batches (Algorithm 2)",
        DefaultValueFactory = _ => "pooled",
    };

    private static readonly Option<double> Prior = new("--prior-weight")
    {
        Description = "Share of the old statistics in the new, 0 to below 1",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<int> Batch = new("--batch-size")
    {
        Description = "Examples per batch",
        DefaultValueFactory = _ => 64,
    };

    private static readonly Option<int?> Batches = new("--batches") { Description = "Use so many batches at most" };

    public static Command Create()
    {
        Command command = Common.AddTo(
            new Command("recalibrate", "Measure a model's statistics anew on training data of the kind it will see")
        );
        foreach (Option option in (Option[])[Order, Estimator, Prior, Batch, Batches])
            command.Options.Add(option);
        Out.AddTo(command);
        return command.WithBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context)
    {
        RecalibrationOptions options = Read(parse);
        string output = Out.Path(parse, Common.ModelFile(parse));
        using LoadedModel loaded = Common.LoadDamagedModel(parse, context);
        (IDataset train, IDataset test) = Common.Load(parse, loaded, options.Seed, context);
        using var pool = new WorkerPool(Common.Threads(parse));
        string checksum = loaded.Model.ParameterChecksum();
        Evaluation before = loaded.Model.EvaluateIfLabelled(test, pool);
        IReadOnlyList<RecalibratedLayer> layers = context.Progress.Follow(
            "recalibrating",
            "passes",
            0,
            Recalibration.Passes(loaded.Model.Graph, options),
            task => loaded.Model.Recalibrate(train, options, pool, (done, _) => task.Report(done), context.Cancellation)
        );
        Evaluation after = loaded.Model.EvaluateIfLabelled(test, pool);
        if (loaded.Model.ParameterChecksum() != checksum)
            throw new InvalidOperationException("the weights changed; nothing was written");
        loaded.SaveChanged(loaded.Model, output);
        Show(context, layers, train, options);
        if (test.Classes > 0)
            context.WriteLine(
                Invariant(
                    $"{test.Name}: accuracy {100 * before.Accuracy:F2}% before, {100 * after.Accuracy:F2}% after; loss {before.Loss:F4}, {after.Loss:F4}"
                )
            );
        context.WriteLine($"weights unchanged: SHA-256 {checksum}");
        context.WriteLine($"written: {output}");
        context.WriteJson(writer => WriteJson(writer, output, checksum, layers, before, after));
        return ExitCode.Done;
    }

    private static RecalibrationOptions Read(ParseResult parse)
    {
        if (parse.GetValue(Batch) < 2)
            throw new UsageException("--batch-size: it must be 2 or more.");
        if (parse.GetValue(Batches) is < 1)
            throw new UsageException("--batches: it must be 1 or more.");
        if (parse.GetValue(Prior) is not (>= 0 and < 1))
            throw new UsageException("--prior-weight: it must be 0 or more and below 1.");
        return new RecalibrationOptions
        {
            Order = parse.GetValue(Order) switch
            {
                "layers" => RecalibrationOrder.LayerByLayer,
                "one-pass" => RecalibrationOrder.OnePass,
                string other => throw new UsageException($"--order: '{other}' is not one of layers, one-pass."),
                null => RecalibrationOrder.LayerByLayer,
            },
            Estimator = parse.GetValue(Estimator) switch
            {
                "pooled" => PopulationEstimator.Pooled,
                "paper" => PopulationEstimator.Paper,
                string other => throw new UsageException($"--estimator: '{other}' is not one of pooled, paper."),
                null => PopulationEstimator.Pooled,
            },
            PriorWeight = parse.GetValue(Prior),
            BatchSize = parse.GetValue(Batch),
            MaxBatches = parse.GetValue(Batches),
        };
    }

    private static void Show(
        CommandContext context,
        IReadOnlyList<RecalibratedLayer> layers,
        IDataset data,
        RecalibrationOptions options
    )
    {
        var table = new TextTable("layer", "shift of means", "new / old variance");
        foreach (RecalibratedLayer layer in layers)
            table.Row(layer.Layer, Invariant($"{layer.MeanShift:F3}"), Invariant($"{layer.VarianceRatio:F3}"));
        context.WriteTable(table);
        string order =
            options.Order == RecalibrationOrder.LayerByLayer
                ? "layer by layer, each fed with the new statistics before it"
                : "in one pass, each layer fed with batch statistics before it";
        context.WriteLine(Invariant($"measured {order}, dropout off, on {data.Name} ({data.Count:N0} examples)"));
    }

    private static void WriteJson(
        Utf8JsonWriter writer,
        string output,
        string checksum,
        IReadOnlyList<RecalibratedLayer> layers,
        Evaluation before,
        Evaluation after
    )
    {
        writer.WriteString("output", output);
        writer.WriteString("parameterChecksum", checksum);
        JsonNumber.Write(writer, "accuracyBefore", before.Accuracy);
        JsonNumber.Write(writer, "accuracyAfter", after.Accuracy);
        JsonNumber.Write(writer, "lossBefore", before.Loss);
        JsonNumber.Write(writer, "lossAfter", after.Loss);
        writer.WriteStartArray("layers");
        foreach (RecalibratedLayer layer in layers)
        {
            writer.WriteStartObject();
            writer.WriteString("layer", layer.Layer);
            JsonNumber.Write(writer, "meanShift", layer.MeanShift);
            JsonNumber.Write(writer, "varianceRatio", layer.VarianceRatio);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
