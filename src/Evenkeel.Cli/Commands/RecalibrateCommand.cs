using System.CommandLine;
using System.CommandLine.Parsing;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Runs;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics;
using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Ranks;
using Evenkeel.Rewrites;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel recalibrate</c>: new statistics for a model, measured on data or converted exactly; weights stay as they are.</summary>
internal static class RecalibrateCommand
{
    private static readonly ModelOptions Common = new();

    private static readonly ModelOutput Out = new(
        "The model with new statistics",
        ", or if the model is worse than before"
    );

    private static readonly Option<string> Order = new("--order")
    {
        Description =
            "layers: measure each layer after the layers before it have their new statistics; one-pass: measure all layers with batch statistics, as in training",
        DefaultValueFactory = _ => "layers",
    };

    private static readonly Option<string> Estimator = new("--estimator")
    {
        Description = "pooled: over all values together; paper: average over batches (Algorithm 2)",
        DefaultValueFactory = _ => "pooled",
    };

    private static readonly Option<double> Prior = new Option<double>("--prior-weight")
    {
        Description = "Weight of the old statistics in the new ones, 0 or more and below 1",
        DefaultValueFactory = _ => 0,
    }.Within(0, 1 - 1e-9, "0 or more and below 1");

    private static readonly Option<int> Batch = new Option<int>("--batch-size")
    {
        Description = "Examples per batch",
        DefaultValueFactory = _ => 64,
    }.Within(2, NumberRange.MaxBatch);

    private static readonly Option<int?> Batches = new Option<int?>("--batches")
    {
        Description = "Largest number of batches to use",
    }.Within(1, int.MaxValue);

    private static readonly Option<string?> Convert = new("--convert")
    {
        Description =
            "Convert the stored statistics exactly instead of measuring: divide=FACTOR (Caffe), deviations, inverse-deviations, eps=VALUE",
        HelpName = "how",
    };

    private static readonly RankOption Ranks = new("Measure with this number of ranks, as threads of this process");

    private static readonly Option[] Measuring = [Order, Estimator, Prior, Batch, Batches];

    public static Command Create()
    {
        Command command = Common.AddTo(
            new Command("recalibrate", "Measure a model's statistics again on data like that in use")
        );
        foreach (Option option in (Option[])[.. Measuring, Convert])
            command.Options.Add(option);
        Out.AddTo(command);
        Ranks.AddTo(command);
        return command.WithBody((parse, context) => Ranks.Run(parse, context, (ranks, own) => Run(parse, own, ranks)));
    }

    private static int Run(ParseResult parse, CommandContext context, Communicator? ranks)
    {
        RecalibrationOptions options = Read(parse);
        StatisticsConversion? conversion = ReadConversion(parse);
        string output = Out.Path(parse, Common.ModelFile(parse));
        using LoadedModel loaded = Common.LoadDamagedModel(parse, context);
        if (!loaded.Model.Graph.Nodes.Any(n => n.Layer is BatchNorm or WhiteningNorm))
            throw new UsageException(
                $"{loaded.Path}: the network has no batch normalisation; there is nothing to recalibrate."
            );
        using var device = Device.Cpu(Common.Threads(parse, RankProcessors.Share(ranks)));
        return conversion is not null
            ? ConvertStored(parse, context, loaded, conversion, output, device, ranks)
            : Measure(parse, context, loaded, options, output, device, ranks);
    }

    // An exact conversion needs no data; where some is named, it is judged by it.
    private static int ConvertStored(
        ParseResult parse,
        CommandContext context,
        LoadedModel loaded,
        StatisticsConversion conversion,
        string output,
        Device device,
        Communicator? ranks
    )
    {
        using Model converted = conversion.Convert(loaded.Model);
        IDataset? judge = Common.NamesData(parse, loaded) ? Common.LoadTest(parse, loaded, context) : null;
        var report = new RecalibrationReport(converted, conversion.Words, output);
        return Finish(parse, context, loaded, report, judge, device, ranks);
    }

    private static int Measure(
        ParseResult parse,
        CommandContext context,
        LoadedModel loaded,
        RecalibrationOptions options,
        string output,
        Device device,
        Communicator? ranks
    )
    {
        (IDataset train, IDataset test) = Common.Load(parse, loaded, options.Seed, context);
        Common.RequireMemory(
            parse,
            context,
            MemoryNeed.OfStatistics(loaded.Model.Graph, options.BatchSize, Math.Max(train.Count, test.Count))
        );
        using Model repaired = loaded.Model.Clone();
        IReadOnlyList<RecalibratedLayer> layers = context.Progress.Follow(
            "recalibrating",
            "passes",
            Recalibration.Passes(repaired.Graph, options),
            task =>
                repaired.Recalibrate(
                    train,
                    options,
                    device,
                    (done, _) => task.Report(done),
                    ranks,
                    context.Cancellation
                )
        );
        int used = Recalibration.ExamplesUsed(train, options);
        var report = new RecalibrationReport(repaired, How(options, train, used, ReferenceEquals(train, test)), output)
        {
            Layers = layers,
            Examples = used,
        };
        return Finish(parse, context, loaded, report, test, device, ranks);
    }

    private static int Finish(
        ParseResult parse,
        CommandContext context,
        LoadedModel loaded,
        RecalibrationReport report,
        IDataset? judge,
        Device device,
        Communicator? ranks
    )
    {
        string checksum = loaded.Model.ParameterChecksum();
        if (report.Model.ParameterChecksum() != checksum)
            throw new InvalidOperationException("the weights changed; nothing was written");
        Loss? loss = loaded.Loss;
        // A custom loss is code that the tool does not have.
        if (judge is { Classes: > 0 } or ITargetDataset && loss is not CustomLoss)
            report.Trial = RemedyTrial.Measure(loaded.Model, report.Model, judge, report.How, device, ranks, loss);
        // The file may be one that another rank is still reading.
        ranks?.Barrier();
        bool refused = report.Trial?.Outcome == TrialOutcome.Worse && !Out.IsForced(parse);
        if (!refused && ranks is not { Rank: > 0 })
            loaded.SaveChanged(report.Model, report.Output);
        report.Show(context, judge?.Name, refused, checksum);
        if (refused)
            context.Error.WriteLine(
                $"evenkeel: the model is worse with the new statistics on '{judge!.Name}': {report.Trial!.Figures}. Nothing was written; --force writes it anyway."
            );
        return refused ? ExitCode.Failed : ExitCode.Done;
    }

    private static string How(RecalibrationOptions options, IDataset data, int used, bool judgedBySame)
    {
        string order =
            options.Order == RecalibrationOrder.LayerByLayer
                ? "layer by layer, with new statistics in the layers before"
                : "in one pass, with batch statistics in the layers before";
        string same =
            judgedBySame && data.Classes > 0
                ? "; judged on the same examples, so the result looks better than it is"
                : "";
        return Invariant($"measured {order}, dropout off, on {data.Name} ({used:N0} examples used){same}");
    }

    private static StatisticsConversion? ReadConversion(ParseResult parse)
    {
        if (parse.GetValue(Convert) is not { } text)
            return null;
        if (Array.Find(Measuring, o => parse.GetResult(o) is OptionResult { Implicit: false }) is { } other)
            throw new UsageException($"--convert measures nothing; leave out {other.Name}.");
        try
        {
            return StatisticsConversion.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"--convert: {e.Message}");
        }
    }

    private static RecalibrationOptions Read(ParseResult parse) =>
        new()
        {
            Order = parse.GetValue(Order)! switch
            {
                "layers" => RecalibrationOrder.LayerByLayer,
                "one-pass" => RecalibrationOrder.OnePass,
                var other => throw new UsageException($"--order: '{other}' is not one of layers, one-pass."),
            },
            Estimator = parse.GetValue(Estimator)! switch
            {
                "pooled" => PopulationEstimator.Pooled,
                "paper" => PopulationEstimator.Paper,
                var other => throw new UsageException($"--estimator: '{other}' is not one of pooled, paper."),
            },
            PriorWeight = parse.GetValue(Prior),
            BatchSize = parse.GetValue(Batch),
            MaxBatches = parse.GetValue(Batches),
        };
}
