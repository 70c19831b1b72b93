using System.CommandLine;
using System.Diagnostics;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Layers;

namespace Evenkeel.Cli.Tests.Models;

/// <summary>What takes much memory says how much before it begins; what takes more than there is does not begin.</summary>
public sealed class MemoryOptionTests : IDisposable
{
    private const long Gigabyte = 1_000_000_000;

    // All that .NET takes the machine to have.
    private const string SmallMachine = "export DOTNET_GCHeapHardLimit=0x20000000";

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    /// <summary>Command lines that take gigabytes, and the remedy that each is told.</summary>
    public static TheoryData<string, string[]> TooLarge =>
        new()
        {
            { "a smaller --batch or --size", ["bench", "--network", "bn-inception", "--size", "512", "--batch", "64"] },
            {
                "a smaller --batch or --size",
                ["bench", "--network", "bn-inception", "--size", "512", "--batch", "64", "--profile"]
            },
            { "a smaller --batch or --size", ["bench", "--model", "MODEL", "--batch", "64"] },
            { "a smaller --max-batch", ["run", "MODEL", "--input", "DATA", "--output-dir", "OUT"] },
            { "smaller batches, a smaller --test-count", ["eval", "MODEL", "--data", "DATA"] },
            {
                "smaller batches, a smaller --test-count",
                ["diagnose", "MODEL", "--data", "DATA", "--batch-size", "1000000"]
            },
            {
                "smaller batches, a smaller --test-count",
                ["recalibrate", "MODEL", "--data", "DATA", "--batch-size", "1000000", "--out", "OUT.onnx"]
            },
            {
                "a smaller --batch-size",
                ["train", "CONFIG", "--out", "OUT", "--batch-size", "10000", "--set", "network.layers.0.units=100000"]
            },
        };

    [Theory]
    [MemberData(nameof(TooLarge))]
    public void More_than_the_machine_has_is_refused(string remedy, string[] args)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a shell");
        using Process process = Shell.StartIn(SmallMachine, "", [.. args.Select(InPlace)]);
        string line = Shell.Finish(process).Expect(ExitCode.Usage).ErrorLine;
        Assert.Matches(
            @"^evenkeel: this would take about [\d,.]+ GB of memory: batches of \d+ with inputs \[[\d, ]+\]; the machine has 0\.5 GB\. ",
            line
        );
        Assert.Contains($"Use {remedy}", line, StringComparison.Ordinal);
        Assert.EndsWith(", or start anyway with --allow-memory.", line, StringComparison.Ordinal);
        Assert.False(Path.Exists(_work.File("out")));
    }

    [Theory]
    [InlineData(0.9, false, "")]
    [InlineData(3.4, false, "note: This takes about 3.4 GB of memory: batches of 8 with inputs [4096, 4096, 3].\n")]
    [InlineData(34, true, "note: This takes about 34.0 GB of memory: batches of 8 with inputs [4096, 4096, 3].\n")]
    [InlineData(34, false, null)]
    public void Over_a_gigabyte_is_told_and_over_the_machine_allowed_only_on_request(
        double gigabytes,
        bool allowed,
        string? told
    )
    {
        using var error = new StringWriter { NewLine = "\n" };
        var context = new CommandContext(
            CleanWriter.Over(TextWriter.Null),
            CleanWriter.Over(error),
            Json: false,
            default
        );
        var option = new MemoryOption("less");
        var command = new Command("verb");
        option.AddTo(command);
        ParseResult parse = command.Parse(allowed ? ["--allow-memory"] : []);
        var need = new MemoryNeed((long)(gigabytes * Gigabyte), 8, new Shape(4096, 4096, 3));
        if (told is null)
            Assert.Throws<UsageException>(() => option.Require(parse, context, need, 16 * Gigabyte));
        else
            option.Require(parse, context, need, 16 * Gigabyte);
        Assert.Equal(told ?? "", error.ToString());
    }

    [Fact]
    public void The_figure_counts_activations_by_the_batch_and_tensors_as_often_as_they_are_held()
    {
        Graph graph = Network.Input(1000).Linear(1000, bias: false).Build();
        const long weights = 4_000_000,
            values = 8_000;
        long one = MemoryNeed.OfInference(graph, 1).Bytes,
            many = MemoryNeed.OfInference(graph, 1001).Bytes;
        Assert.InRange(one, 3 * weights, (3 * weights) + 100_000);
        Assert.InRange(many - one, 1000 * values, 1000 * values * 2);
        Assert.Equal(2 * (many - (3 * weights)), MemoryNeed.OfInference(graph, 1001, callers: 2).Bytes - (3 * weights));
        Assert.Equal(weights, Training(graph, 4, 1, new Adam()) - Training(graph, 4, 1, new SgdMomentum()));
        // A quarter of the activations, and one more gradient.
        Assert.InRange(
            Training(graph, 1000, 1, new Sgd()) - Training(graph, 1000, 4, new Sgd()) + weights,
            1000 * values / 2,
            1000 * values * 3
        );
        Assert.Equal(MemoryNeed.OfEvaluation(graph, 256).Bytes, MemoryNeed.OfEvaluation(graph, 100_000).Bytes);
        Assert.True(MemoryNeed.OfEvaluation(graph, 3).Bytes < MemoryNeed.OfEvaluation(graph, 256).Bytes);
    }

    private static long Training(Graph graph, int batch, int microBatches, OptimizerConfig optimizer) =>
        MemoryNeed
            .OfTraining(
                graph,
                new TrainingOptions
                {
                    BatchSize = batch,
                    Accumulate = microBatches,
                    Optimizer = optimizer,
                }
            )
            .Bytes;

    private string InPlace(string word) =>
        word switch
        {
            "MODEL" => Model(),
            "DATA" => Data(),
            "CONFIG" => _work.Config,
            "OUT" => _work.File("out"),
            "OUT.onnx" => _work.File("out.onnx"),
            _ => word,
        };

    // Four numbers become 2^24.
    private string Model()
    {
        Graph graph = Network
            .Input(1, 1, 4)
            .BatchNorm()
            .Add(new Pad([2047, 2047, 0], [0, 0, 0]))
            .GlobalAveragePool()
            .Add(new Flatten())
            .Linear(2)
            .Build();
        using var model = Evenkeel.Model.Create(graph, 1);
        ModelFile.Save(model, _work.File("large.safetensors"));
        return _work.File("large.safetensors");
    }

    private string Data()
    {
        using System.IO.Compression.ZipArchive archive = System.IO.Compression.ZipFile.Open(
            _work.File("data.npz"),
            System.IO.Compression.ZipArchiveMode.Create
        );
        using (Stream inputs = archive.CreateEntry("input.npy").Open())
            NpyFile.Write(inputs, [512, 1, 1, 4], new float[4 * 512]);
        using Stream labels = archive.CreateEntry("labels.npy").Open();
        NpyFile.Write(labels, [512], new float[512]);
        return _work.File("data.npz");
    }
}
