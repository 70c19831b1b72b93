using System.CommandLine;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Experiments.Gradients;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce gradients</c>: how gradients go through deep networks.</summary>
internal static class ReproduceGradientsCommand
{
    private static readonly GradientOptions Defaults = new();

    private static readonly Option<string> Data = new("--data")
    {
        Description = "digits (built in), mnist, fashion, or a folder with MNIST's four files",
        DefaultValueFactory = _ => DataConfig.Digits,
    };

    private static readonly Option<string[]> Activations = new Option<string[]>("--activations")
    {
        Description = $"Nonlinearities: {string.Join(", ", DeepNetwork.Activations.Keys)}",
        DefaultValueFactory = _ => [.. Defaults.Activations.Select(DeepNetwork.Word)],
        AllowMultipleArgumentsPerToken = true,
    }.AcceptOnlyFromAmong([.. DeepNetwork.Activations.Keys]);

    private static readonly Option<int[]> Depths = new Option<int[]>("--depths")
    {
        Description = "Numbers of hidden layers",
        DefaultValueFactory = _ => [.. Defaults.Depths],
        AllowMultipleArgumentsPerToken = true,
    }.Within(2, 200);

    private static readonly Option<double[]> Scales = new Option<double[]>("--scales")
    {
        Description = "Deviations of the first weights, over that of Xavier (He for ReLU)",
        DefaultValueFactory = _ => [.. Defaults.Scales],
        AllowMultipleArgumentsPerToken = true,
    }.Within(0.001, 1_000);

    private static readonly Option<int> Width = new Option<int>("--width")
    {
        Description = "Units of a hidden layer",
        DefaultValueFactory = _ => Defaults.Width,
    }.Within(2, 512);

    private static readonly Option<int> Seeds = new Option<int>("--seeds")
    {
        Description = "How many seeds each network is run with, from --seed on; tables show medians",
        DefaultValueFactory = _ => Defaults.Seeds,
    }.Within(1, 100);

    private static readonly Option<double> Rate = new Option<double>("--learning-rate")
    {
        Description = "Learning rate of all networks",
        DefaultValueFactory = _ => Defaults.LearningRate,
    }.WithinRates();

    private static readonly ExperimentOptions Common = new(
        "gradients",
        Defaults.Steps,
        "Training steps of each network"
    );

    public static Command Create() =>
        Common
            .AddTo(
                new Command(
                    "gradients",
                    "Singular values of layer Jacobians, gradients and saturation by depth, with and without batch normalisation"
                )
                {
                    Data,
                    Activations,
                    Depths,
                    Scales,
                    Width,
                    Seeds,
                    Rate,
                }
            )
            .WithStoppableBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        string folder = Common.Folder(parse),
            report = ExperimentFolder.ReportIn(folder);
        var config = new PixelDataConfig
        {
            Source = DataConfig.FromCommandLine(parse.GetValue(Data)!),
            Encoding = "unit",
        };
        LoadedData data = PixelDataSource.Load(config, context.Host, context.Cancellation);
        var options = new GradientOptions
        {
            Activations = [.. parse.GetValue(Activations)!.Distinct().Select(word => DeepNetwork.Activations[word])],
            Depths = [.. parse.GetValue(Depths)!.Distinct().Order()],
            Scales = [.. parse.GetValue(Scales)!.Distinct()],
            Width = parse.GetValue(Width),
            Steps = Common.Steps(parse),
            LearningRate = parse.GetValue(Rate),
            Seed = Common.Seed(parse),
            Seeds = parse.GetValue(Seeds),
            Threads = Common.Threads(parse),
        };
        var experiment = new GradientExperiment(new DatasetSplit(data.Train, data.Test), options);
        var saving = new Saving(context.Host);
        ExperimentFolder.SaveIfStopped(() => RunShown(experiment, context), Save);
        Save();
        Show(experiment, context, report);
        context.WriteJson(writer => GradientResultJson.Write(writer, experiment, report));
        saving.RequireAll();
        return ExitCode.Done;

        void Save()
        {
            if (experiment.Results.Count > 0)
                GradientReport.Save(experiment, folder, saving);
        }
    }

    private static void RunShown(GradientExperiment experiment, CommandContext context) =>
        context.Progress.Follow(
            "training",
            "networks",
            experiment.Count,
            task =>
            {
                int done = 0;
                object order = new();
                experiment.Run(
                    result =>
                    {
                        lock (order)
                        {
                            task.Describe(
                                $"{DeepNetwork.Word(result.Network.Activation)}, {result.Network.Depth} layers"
                            );
                            task.Report(++done);
                        }
                    },
                    context.Cancellation
                );
            }
        );

    private static void Show(GradientExperiment experiment, CommandContext context, string report)
    {
        var table = new TextTable([.. GradientReport.Columns]);
        foreach (IReadOnlyList<string> row in GradientReport.Rows(experiment))
            table.Row([.. row]);
        context.WriteTable(table);
        context.WriteLine($"report: {report}");
    }
}
