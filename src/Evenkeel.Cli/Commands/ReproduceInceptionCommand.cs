using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Synthetic;
using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce inception</c>: section 4.2 of the paper at a chosen scale.</summary>
internal static class ReproduceInceptionCommand
{
    private static readonly Option<string?> Data = new("--data")
    {
        Description =
            "Image folder, archive of one (.tar.gz), or CIFAR binary folder; default: built-in shapes and textures",
    };

    private static readonly Option<int> Size = new("--size")
    {
        Description = "Height and width of the images",
        DefaultValueFactory = _ => 32,
    };

    private static readonly Option<double> Width = new("--width")
    {
        Description = "Factor on the channels; 1 is the paper's network",
        DefaultValueFactory = _ => 0.25,
    };

    private static readonly Option<int?> Classes = new("--classes")
    {
        Description = "Use the first so many classes; default: all, or 10 of the built-in data",
    };

    private static readonly Option<long> Steps = new("--steps")
    {
        Description = "Training steps of each network",
        DefaultValueFactory = _ => 600,
    };

    private static readonly Option<double> Rate = new("--learning-rate")
    {
        Description = "Learning rate of the baseline; the paper's 0.0015 is for 31 million steps",
        DefaultValueFactory = _ => 0.01,
    };

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Only these networks; the first one is the baseline of the table",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> TestCount = new("--test-count")
    {
        Description = "Test images that the curves are measured on",
        DefaultValueFactory = _ => 1_000,
    };

    private static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "Seed of weights, order and distortions",
        DefaultValueFactory = _ => 1UL,
    };

    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads; the result does not depend on it",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Folder for the report; default: runs/inception-<time>",
    };

    public static Command Create() =>
        new Command("inception", "Section 4.2: Inception with and without batch normalisation, at a small scale")
        {
            Data,
            Size,
            Width,
            Classes,
            Steps,
            Rate,
            Only,
            TestCount,
            Seed,
            Threads,
            Out,
        }.WithBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        InceptionExperimentOptions options = ReadOptions(parse);
        InceptionRun[] runs = [.. Recipes(parse.GetValue(Only) ?? []).Select(recipe => new InceptionRun(recipe))];
        ImageSplit images = Load(parse, options);
        ChannelScaling scaling = ChannelScaling.Measure(images.Train);
        var centre = new ImageTransform
        {
            Crop = new ResizeAndCenterCrop { Side = options.Size, ShorterSide = options.Size },
            Scaling = scaling,
        };
        var test = new ImageDataset(images.Test.Shuffled(options.Seed), centre);
        IDataset judged = test.Take(Math.Min(parse.GetValue(TestCount), test.Count));
        string folder =
            parse.GetValue(Out)
            ?? Path.Combine(
                "runs",
                $"inception-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}"
            );
        Directory.CreateDirectory(folder);
        RunShown(runs, images.Train.Shuffled(options.Seed), judged, scaling, options, context);
        string report = Save(runs, options, images.Train.Name, folder);
        var table = new TextTable(InceptionReport.Figure3(runs)[0]);
        foreach (string[] row in InceptionReport.Figure3(runs).Skip(1))
            table.Row(row);
        context.WriteTable(table);
        context.WriteLine($"report: {report}");
        context.WriteJson(writer => InceptionReport.WriteJson(writer, runs, options, images.Train.Name, report));
        return ExitCode.Done;
    }

    private static void RunShown(
        InceptionRun[] runs,
        IImageSource train,
        IDataset test,
        ChannelScaling scaling,
        InceptionExperimentOptions options,
        CommandContext context
    ) =>
        context.Progress.Follow(
            "training",
            "steps",
            0,
            runs.Length * options.Steps,
            task =>
            {
                for (int i = 0; i < runs.Length; i++)
                {
                    InceptionRun run = runs[i];
                    long before = i * options.Steps;
                    run.Run(
                        train,
                        test,
                        scaling,
                        options,
                        step =>
                        {
                            task.Describe($"{run.Recipe.Name}: test accuracy {run.Points[^1].Result.Accuracy:P1}");
                            task.Report(before + step);
                        },
                        context.Cancellation
                    );
                }

                return 0;
            }
        );

    private static InceptionExperimentOptions ReadOptions(ParseResult parse)
    {
        long steps = parse.GetValue(Steps);
        double rate = parse.GetValue(Rate),
            width = parse.GetValue(Width);
        int size = parse.GetValue(Size),
            threads = parse.GetValue(Threads);
        if (steps < 1)
            throw new UsageException($"--steps must be 1 or more, not {steps}");
        if (size is < 32 or > 1024)
            throw new UsageException($"--size must be 32 to 1024, not {size}");
        if (!(width is > 0 and <= 8))
            throw new UsageException($"--width must be above 0 and at most 8, not {width}");
        if (!(rate > 0) || !double.IsFinite(rate))
            throw new UsageException($"--learning-rate must be above 0, not {rate}");
        if (threads is < 1 or > 1024)
            throw new UsageException($"--threads must be 1 to 1024, not {threads}");
        if (parse.GetValue(TestCount) < 1)
            throw new UsageException($"--test-count must be 1 or more, not {parse.GetValue(TestCount)}");
        if (parse.GetValue(Classes) is < 2)
            throw new UsageException($"--classes must be 2 or more, not {parse.GetValue(Classes)}");
        return new InceptionExperimentOptions(
            size,
            width,
            steps,
            rate,
            parse.GetValue(Seed),
            threads,
            Math.Min(steps, Math.Max(20, steps / 30))
        );
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

    private static string Save(InceptionRun[] runs, InceptionExperimentOptions options, string data, string folder)
    {
        ReportSpec spec = InceptionReport.Of(runs, options, data, Environment.CommandLine, Provenance.Describe());
        string path = Path.GetFullPath(Path.Combine(folder, "report.html"));
        new HtmlReport(spec).Save(path);
        AtomicFile.WriteText(Path.Combine(folder, "report.json"), ReportJson.Write(spec));
        AtomicFile.WriteText(Path.Combine(folder, "figure2.svg"), SvgChart.Render(InceptionReport.Figure2(runs)));
        AtomicFile.Write(
            Path.Combine(folder, "result.json"),
            stream =>
            {
                using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
                writer.WriteStartObject();
                InceptionReport.WriteJson(writer, runs, options, data, path);
                writer.WriteEndObject();
            }
        );
        return path;
    }
}
