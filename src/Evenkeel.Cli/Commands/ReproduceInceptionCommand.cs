using System.CommandLine;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Images;
using Evenkeel.Data.Synthetic;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce inception</c>: section 4.2 of the paper at a chosen scale.</summary>
internal static class ReproduceInceptionCommand
{
    private static readonly Option<string?> Data = new("--data")
    {
        Description =
            "Image folder, archive of one (.tar.gz), or CIFAR binary folder; default: built-in shapes and textures",
    };

    private static readonly Option<int> Size = new Option<int>("--size")
    {
        Description = "Height and width of the images",
        DefaultValueFactory = _ => 32,
    }.Within(32, 1024);

    private static readonly Option<double> Width = new Option<double>("--width")
    {
        Description = "Factor on the channels; 1 is the paper's network",
        DefaultValueFactory = _ => 0.25,
    }.Within(double.Epsilon, 8, "above 0 and at most 8");

    private static readonly Option<int?> Classes = new Option<int?>("--classes")
    {
        Description = "Number of classes to use; default: all, or 10 of the generated data",
    }.Within(2, 1_000_000);

    private static readonly Option<double> Rate = new Option<double>("--learning-rate")
    {
        Description = "Learning rate of the baseline; the paper's 0.0015 is for 31 million steps",
        DefaultValueFactory = _ => 0.004,
    }.WithinRates();

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Only these networks; the first one is the baseline of the table",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> TestCount = new Option<int>("--test-count")
    {
        Description = "Number of test images for the curves",
        DefaultValueFactory = _ => 1_000,
    }.Within(1, DataConfig.MaxExamples);

    private static readonly Option<int> Ensemble = new Option<int>("--ensemble")
    {
        Description = "Also train an ensemble of this many variations of BN-x30, 0 to 6 (section 4.2.3)",
        DefaultValueFactory = _ => 0,
    }.Within(0, 6);

    private static readonly Option<int> EnsembleTestCount = new Option<int>("--ensemble-test-count")
    {
        Description = "Number of test images for figure 4; each network of the ensemble sees 144 crops of each",
        DefaultValueFactory = _ => 200,
    }.Within(1, DataConfig.MaxExamples);

    private static readonly ExperimentOptions Common = new("inception", 800, "Training steps of each network");

    public static Command Create()
    {
        Command command = new(
            "inception",
            "Section 4.2: Inception with and without batch normalisation, at a small scale"
        )
        {
            Data,
            Size,
            Width,
            Classes,
            Rate,
            Only,
            TestCount,
            Ensemble,
            EnsembleTestCount,
        };
        return Common.AddTo(command).WithStoppableBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context)
    {
        InceptionExperimentOptions options = ReadOptions(parse);
        InceptionRecipe[] recipes = [.. Recipes(parse.GetValue(Only) ?? [])];
        ImageSplit images = Load(parse, options);
        string folder = Common.Folder(parse),
            report = ExperimentFolder.ReportIn(folder);
        var data = new ImageDataConfig
        {
            Source = DataConfig.FromCommandLine(parse.GetValue(Data) ?? DataConfig.Shapes),
            Size = options.Size,
            Classes = parse.GetValue(Classes),
            MixSeed = options.Seed,
        };
        var experiment = new InceptionExperiment(images, data, recipes, parse.GetValue(Ensemble), options, folder);
        Directory.CreateDirectory(folder);
        var saving = new Saving(context.Host);
        ExperimentFolder.SaveIfStopped(() => RunShown(experiment, context, saving), Save);
        Save();
        context.WriteTable(TextTable.Of(InceptionReport.Figure3(experiment.Runs)));
        if (experiment.Ensemble is { } ensemble)
            context.WriteTable(TextTable.Of(InceptionReport.Figure4(ensemble)));
        context.WriteLine($"report: {report}");
        context.WriteJson(writer => InceptionResultJson.Write(writer, experiment, report));
        saving.RequireAll();
        return ExitCode.Done;

        void Save()
        {
            foreach (InceptionRun run in experiment.Runs.Concat(experiment.EnsembleRuns).Where(run => run.IsMissing))
                context.Note($"{run.ModelPath}: the trained network is missing; it was deleted or could not be saved.");
            if (experiment.Runs.Count > 0)
                InceptionReport.Save(experiment, folder, saving);
        }
    }

    private static void RunShown(InceptionExperiment experiment, CommandContext context, Saving saving)
    {
        context.Progress.Follow(
            "training",
            "steps",
            experiment.TotalSteps,
            task =>
                experiment.Train(
                    (run, steps) =>
                    {
                        task.Describe($"{run.Recipe.Name}: test accuracy {run.Points[^1].Result.Accuracy:P1}");
                        task.Report(steps);
                    },
                    saving,
                    context.Cancellation
                )
        );
        if (experiment.EnsembleRuns.Count == 0)
            return;
        context.Progress.Follow(
            "ensemble",
            "images",
            experiment.TotalAsked,
            task => experiment.Ask(done => task.Report(done), context.Cancellation)
        );
    }

    private static InceptionExperimentOptions ReadOptions(ParseResult parse)
    {
        long steps = Common.Steps(parse);
        return new InceptionExperimentOptions(
            parse.GetValue(Size),
            parse.GetValue(Width),
            steps,
            parse.GetValue(Rate),
            Common.Seed(parse),
            Common.Threads(parse),
            Math.Min(steps, Math.Max(20, steps / 30))
        )
        {
            TestCount = parse.GetValue(TestCount),
            EnsembleTestCount = parse.GetValue(EnsembleTestCount),
        };
    }

    private static IEnumerable<InceptionRecipe> Recipes(string[] names)
    {
        string? unknown = names.FirstOrDefault(name => InceptionRecipe.All.All(r => r.Name != name));
        if (unknown is not null)
        {
            string known = string.Join(", ", InceptionRecipe.All.Select(r => r.Name));
            throw new UsageException($"--only: '{unknown}' is not one of {known}");
        }

        return names.Length == 0
            ? InceptionRecipe.All
            : names.Select(name => InceptionRecipe.All.First(r => r.Name == name));
    }

    private static ImageSplit Load(ParseResult parse, InceptionExperimentOptions options)
    {
        int? classes = parse.GetValue(Classes);
        if (parse.GetValue(Data) is not { } path)
        {
            int testCount = parse.GetValue(TestCount);
            // As many images as the run can see, so that a short run does not wait for images it never shows.
            int train = (int)Math.Clamp(options.Steps * InceptionRecipe.BatchSize, 1_000, 20_000);
            return ShapesAndTextures.Generate(
                train,
                testCount,
                new ShapesAndTexturesOptions
                {
                    Side = Math.Min(options.Size, 128),
                    Classes = classes ?? 10,
                    Seed = options.Seed,
                }
            );
        }

        ImageSplit images = ImageData.Load(path);
        if (classes is not { } count || count >= images.Train.Classes)
            return images;
        int[] first = [.. Enumerable.Range(0, count)];
        return new ImageSplit(images.Train.OfClasses(first), images.Test.OfClasses(first));
    }
}
