using System.CommandLine;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Tests.Models;

/// <summary>What reading a model assumed is told by every verb that uses one.</summary>
public sealed class NotesTests : IDisposable
{
    private const string Note = "The file was written by hand, and its layers were taken in their order.";
    private const int Width = 6;

    /// <summary>Every verb that uses a model, with what it needs besides it; DATA and OUT stand for files.</summary>
    private static readonly Dictionary<string, string[]> Verbs = new()
    {
        ["eval"] = ["eval", "MODEL", "--data", "DATA"],
        ["inspect"] = ["inspect", "MODEL"],
        ["diagnose"] = ["diagnose", "MODEL", "--data", "DATA"],
        ["recalibrate"] = ["recalibrate", "MODEL", "--data", "DATA", "--out", "OUT.safetensors", "--force"],
        ["fold"] = ["fold", "MODEL", "--data", "DATA", "--out", "OUT.safetensors"],
        ["run"] = ["run", "MODEL", "--input", "DATA", "--output-dir", "OUT"],
        ["export"] = ["export", "MODEL", "--out", "OUT.onnx"],
        ["bench"] = ["bench", "--model", "MODEL", "--batch", "1", "--threads", "1", "--profile"],
    };

    private readonly Workspace _work = new();
    private readonly string _data;

    public NotesTests()
    {
        _data = _work.File("x.npz");
        using System.IO.Compression.ZipArchive archive = System.IO.Compression.ZipFile.Open(
            _data,
            System.IO.Compression.ZipArchiveMode.Create
        );
        using (Stream inputs = archive.CreateEntry("input.npy").Open())
            NpyFile.Write(inputs, [40, Width], [.. Enumerable.Range(0, 40 * Width).Select(i => MathF.Sin(i * i))]);
        using Stream labels = archive.CreateEntry("labels.npy").Open();
        NpyFile.Write(labels, [40], [.. Enumerable.Range(0, 40).Select(i => (float)(i % 3))]);
    }

    public static TheoryData<string> Names => [.. Verbs.Keys];

    /// <summary>Those that take a file of tensors alone.</summary>
    public static TheoryData<string> NamesWithNetwork => [.. Verbs.Keys.Where(v => v != "bench")];

    public void Dispose() => _work.Dispose();

    [Fact]
    public void No_verb_that_takes_a_model_is_left_out() =>
        Assert.Equal(
            Tool.Root.Subcommands.Where(c =>
                    c.Arguments.Any(a => a.Name == "model") || c.Options.Any(o => o.Name == "--model")
                )
                .Select(c => c.Name)
                .Order(),
            Verbs.Keys.Order()
        );

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_verb_tells_them_as_a_line_and_in_JSON(string verb)
    {
        string model = _work.File("m.safetensors");
        using (Model noted = Network())
        {
            noted.AddNote(Note);
            ModelFile.Save(noted, model);
        }

        Outcome text = Run(verb, model);
        Assert.Single(text.Error.Split('\n'), $"note: {Note}");
        Assert.DoesNotContain(Note, text.Out, StringComparison.Ordinal);
        Outcome json = Run(verb, model, "--json");
        Assert.Single(json.Error.Split('\n'), $"note: {Note}");
        Assert.Equal([Note], json.Json.GetProperty("notes").EnumerateArray().Select(n => n.GetString()));
    }

    [Fact]
    public void Training_tells_what_reading_its_initial_weights_assumed()
    {
        string weights = Path.Combine(_work.Train("first"), "checkpoints", "last.safetensors");
        using (Model model = ModelFile.Load(weights))
        {
            model.AddNote(Note);
            ModelFile.Save(model, _work.File("m.safetensors"));
        }

        string[] train =
        [
            "train",
            _work.Config,
            "--out",
            _work.File("run"),
            "--set",
            $"init={_work.File("m.safetensors")}",
        ];
        Outcome outcome = Shell.Run([.. train, "--json"]).Expect(0);
        Assert.Contains(Note, outcome.Json.GetProperty("notes").EnumerateArray().Select(n => n.GetString()));
        Assert.Contains($"note: {Note}", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(NamesWithNetwork))]
    public void A_file_without_running_statistics_is_noted_and_used_only_where_they_do_not_matter(string verb)
    {
        string state = StateWithoutStatistics();
        string[] network = ["--network", Configuration()];
        bool matters = verb is "eval" or "fold" or "run" or "export";
        Outcome plain = Run(verb, state, network);
        Assert.Contains(
            "note: The file lacks running statistics of 1 batch normalisation(s) (bn)",
            plain.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(
            matters,
            plain.Error.Contains(
                "it has no running statistics of 'bn', and its outputs depend on them; measure them",
                StringComparison.Ordinal
            )
        );
        Assert.Equal(matters, plain.Code == 2);
        if (!matters)
            return;
        Outcome asked = Run(verb, state, [.. network, "--statistics", "initial", "--json"]).Expect(0);
        Assert.Contains(
            "The file lacks running statistics",
            asked.Json.GetProperty("notes")[0].GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Once_they_are_measured_nothing_is_refused_or_noted()
    {
        string repaired = _work.File("OUT.safetensors");
        Run("recalibrate", StateWithoutStatistics(), "--network", Configuration()).Expect(0);
        Outcome eval = Shell.Run("eval", repaired, "--data", _data, "--json").Expect(0);
        Assert.Empty(eval.Error);
        Assert.Equal(0, eval.Json.GetProperty("notes").GetArrayLength());
    }

    [Fact]
    public void Another_word_for_statistics_is_told() =>
        Assert.Contains(
            "--statistics: 'none' is not one of stored, initial",
            Run("eval", _work.Config, "--statistics", "none").Expect(2).ErrorLine,
            StringComparison.Ordinal
        );

    private static Model Network() =>
        Evenkeel.Model.Create(
            Evenkeel
                .Network.Input(Width)
                .Linear(4, bias: false, name: "fc")
                .BatchNorm(name: "bn")
                .Relu()
                .Linear(3, name: "out")
                .Build(),
            1
        );

    private Outcome Run(string verb, string model, params string[] more) =>
        Shell.Run([
            .. Verbs[verb]
                .Select(word =>
                    word switch
                    {
                        "MODEL" => model,
                        "DATA" => _data,
                        _ when word.StartsWith("OUT", StringComparison.Ordinal) => _work.File(word),
                        _ => word,
                    }
                ),
            .. more,
        ]);

    private string Configuration() =>
        _work.Write(
            "network.json",
            """
            {
              "network": {
                "input": [6],
                "layers": [
                  {"type": "linear", "units": 4, "bias": false, "name": "fc"}, {"type": "batchnorm", "name": "bn"}, {"type": "relu"},
                  {"type": "linear", "units": 3, "name": "out"}
                ]
              }
            }
            """
        );

    private string StateWithoutStatistics()
    {
        using Model model = Network();
        var writer = new SafeTensorsWriter();
        writer.Add("fc.weight", [4, Width], () => model.Floats("fc.weight"));
        writer.Add("bn.weight", [4], () => model.Floats("bn.weight"));
        writer.Add("bn.bias", [4], () => model.Floats("bn.bias"));
        writer.Add("out.weight", [3, 4], () => model.Floats("out.weight"));
        writer.Add("out.bias", [3], () => model.Floats("out.bias"));
        writer.Save(_work.File("state.safetensors"));
        return _work.File("state.safetensors");
    }
}
