using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Claims;
using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Cli.Claims.Results;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Files;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data;
using Evenkeel.Data.Images;
using Evenkeel.Data.Synthetic;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel reproduce claims</c>: what is said about batch normalisation, each with an experiment and a verdict.</summary>
internal static class ReproduceClaimsCommand
{
    private const int GeneratedImages = 5_000;
    private const int TestImages = 1_000;

    private static readonly Option<string> Data = new("--data")
    {
        Description = "digits (built in), mnist, fashion, or a folder with MNIST's four files",
        DefaultValueFactory = _ => DataConfig.Digits,
    };

    private static readonly Option<string?> Images = new("--images")
    {
        Description =
            "Image folder, archive of one (.tar.gz), or CIFAR binary folder; default: built-in shapes and textures",
    };

    private static readonly Option<IReadOnlyList<int>> Only = new("--only")
    {
        Description = $"Only these claims, such as 7,10-12; there are {AllClaims.InOrder[^1].Number}",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (ClaimNumbers.Read(text, AllClaims.InOrder[^1].Number) is { } numbers)
                return numbers;
            result.AddError(
                $"--only: name claims from 1 to {AllClaims.InOrder[^1].Number}, such as 7,10-12, not '{text}'"
            );
            return [];
        },
    };

    private static readonly Option<string> Length = new Option<string>("--length")
    {
        Description = "short: all claims in about ten minutes on two processors; long: more steps, more seeds",
        DefaultValueFactory = _ => "short",
    }.AcceptOnlyFromAmong("short", "long");

    private static readonly Option<ulong> Seed = new Option<ulong>("--seed")
    {
        Description = "First of the seeds",
        DefaultValueFactory = _ => 1UL,
    }.Within(0UL, ulong.MaxValue - 100);

    private static readonly Option<int> Threads = NumberRange.Threads();

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Folder for the report; claims that are in it stay. Default: runs/claims-<time>",
    };

    public static Command Create() =>
        new Command("claims", "What is said about batch normalisation: an experiment and a verdict for each claim")
        {
            Data,
            Images,
            Only,
            Length,
            Seed,
            Threads,
            Out,
        }.WithStoppableBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        string path = parse.GetValue(Out) ?? ExperimentFolder.Usual("claims");
        OutputPlace.RequireFolder("--out", path);
        Directory.CreateDirectory(path);
        var saving = new Saving(context.Host);
        var folder = new ClaimFolder(path, saving);
        _ = folder.Read();
        Claim[] claims = [.. AllClaims.InOrder.Where(c => parse.GetValue(Only)?.Contains(c.Number) ?? true)];
        var measured = new List<ClaimRecord>();
        ExperimentFolder.SaveIfStopped(() => Measure(claims, parse, context, Keep), Save);
        Save();
        Show(measured, context, folder.Report);
        context.WriteJson(writer => WriteJson(writer, measured, folder.Report));
        saving.RequireAll();
        return ExitCode.Done;

        void Keep(ClaimRecord record)
        {
            measured.Add(record);
            folder.Add(record);
        }

        void Save() => folder.WriteReport(ToolCommand.OfThisProcess(), Provenance.Describe());
    }

    private static void Measure(Claim[] claims, ParseResult parse, CommandContext context, Action<ClaimRecord> keep) =>
        context.Progress.Follow(
            "measuring",
            "claims",
            claims.Length,
            task =>
            {
                int done = 0;
                ClaimSetting setting = Setting(parse, context, what => Describe(task, claims[done].Number, what, done));
                foreach (Claim claim in claims)
                {
                    long began = Stopwatch.GetTimestamp();
                    Describe(task, claim.Number, claim.GetType().Name, done);
                    Finding finding = claim.Measure(setting);
                    keep(Record(claim, finding, parse, Stopwatch.GetElapsedTime(began)));
                    task.Report(++done);
                }
            }
        );

    private static void Describe(ProgressTask task, int claim, string what, int done)
    {
        lock (task)
        {
            task.Describe($"claim {claim}: {what}");
            task.Report(done);
        }
    }

    private static ClaimSetting Setting(ParseResult parse, CommandContext context, Action<string> progress)
    {
        var pixels = new Lazy<InMemorySplit>(() => LoadPixels(parse, context));
        var images = new Lazy<ImageSplit>(() => LoadImages(parse));
        return new ClaimSetting
        {
            Length = parse.GetValue(Length) == "long" ? ClaimLength.Long : ClaimLength.Short,
            Seed = parse.GetValue(Seed),
            Threads = parse.GetValue(Threads),
            Pixels = () => pixels.Value,
            Images = () => images.Value,
            Progress = progress,
            Cancellation = context.Cancellation,
        };
    }

    private static InMemorySplit LoadPixels(ParseResult parse, CommandContext context)
    {
        var config = new PixelDataConfig
        {
            Source = DataConfig.FromCommandLine(parse.GetValue(Data)!),
            Encoding = "unit",
        };
        LoadedData data = PixelDataSource.Load(config, context.Host, context.Cancellation);
        return new InMemorySplit((InMemoryDataset)data.Train, (InMemoryDataset)data.Test);
    }

    private static ImageSplit LoadImages(ParseResult parse)
    {
        ImageSplit images = parse.GetValue(Images) is { } path
            ? ImageData.Load(path)
            : ShapesAndTextures.Generate(
                GeneratedImages,
                TestImages,
                new ShapesAndTexturesOptions { Side = 32, Classes = 10 }
            );
        IImageSource test = images.Test.Shuffled(1);
        return new ImageSplit(images.Train.Shuffled(1), test.Slice(0, Math.Min(TestImages, test.Count)));
    }

    private static ClaimRecord Record(Claim claim, Finding finding, ParseResult parse, TimeSpan time)
    {
        string length = parse.GetValue(Length)!,
            data = parse.GetValue(Data)!;
        string[] asked =
        [
            .. length == "short" ? [] : (string[])["--length", length],
            .. data == DataConfig.Digits
                ? []
                : (string[])["--data", Path.GetFileName(Path.TrimEndingDirectorySeparator(data))],
            .. parse.GetValue(Images) is { } images
                ? (string[])["--images", Path.GetFileName(Path.TrimEndingDirectorySeparator(images))]
                : [],
        ];
        return ClaimRecord.Of(
            claim,
            finding,
            length == "long" ? ClaimLength.Long : ClaimLength.Short,
            time,
            string.Join(' ', (string[])["evenkeel reproduce claims --only", $"{claim.Number}", .. asked]),
            MachineInfo.Processor()
        );
    }

    private static void Show(IReadOnlyList<ClaimRecord> measured, CommandContext context, string report)
    {
        var table = new TextTable("claim", "verdict", "seconds", "what was measured");
        foreach (ClaimRecord r in measured)
        {
            table.Row(
                r.Number.ToString(CultureInfo.InvariantCulture),
                r.Verdict.Words(),
                r.Seconds.ToString("F1", CultureInfo.InvariantCulture),
                r.Summary
            );
        }

        context.WriteTable(table);
        context.WriteLine($"report: {report}");
    }

    private static void WriteJson(Utf8JsonWriter writer, IReadOnlyList<ClaimRecord> measured, string report)
    {
        writer.WriteString("experiment", "claims");
        foreach (ClaimRecord record in writer.Objects("claims", measured))
        {
            writer.WriteNumber("number", record.Number);
            writer.WriteString("statement", record.Statement);
            writer.WriteString("verdict", record.Verdict.Words());
            writer.WriteString("summary", record.Summary);
            writer.WriteNumber("seconds", record.Seconds);
        }

        writer.WriteString("report", report);
    }
}
