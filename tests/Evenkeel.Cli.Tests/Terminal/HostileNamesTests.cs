using System.CommandLine;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Terminal;

/// <summary>Whatever names hold, the terminal is shown nothing of it but what can be seen, on lines that the tool began.</summary>
public sealed class HostileNamesTests : IDisposable
{
    private const string Spelt = @"\u001b[2J\u0007\u0008\u007f\u009b2K\u0085";

    private readonly Workspace _work = new();

    public HostileNamesTests() =>
        Assert.SkipWhen(OperatingSystem.IsWindows(), "names of files on Windows hold no control characters");

    public void Dispose() => _work.Dispose();

    /// <summary>All verbs, those of a verb behind it.</summary>
    public static TheoryData<string> Verbs => [.. CommandTree.Verbs];

    public static TheoryData<string, string> Models
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string verb in (string[])["inspect", "eval", "diagnose", "recalibrate", "fold", "export", "run"])
            {
                data.Add(verb, ".safetensors");
                data.Add(verb, ".onnx");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Names_of_a_model_and_of_its_data_are_spelt_out(string verb, string extension)
    {
        string[] args = Arguments(verb, extension);
        Outcome shown = Shell.Run(args);
        Assert.True(shown.Code is 0 or 1, shown.Error);
        Hostile.RequireHarmless(shown.Out, shown.Error);
        Assert.Contains(Spelt, shown.Out, StringComparison.Ordinal);
        Outcome exact = Shell.Run([.. args, "--json", .. Again(verb)]);
        Hostile.RequireHarmless(exact.Out, exact.Error);
        Assert.Contains(Strings(exact.Json), s => s.Contains(Hostile.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Errors_about_a_model_spell_names_out()
    {
        string model = Hostile.Model(_work, ".onnx"),
            arrays = Hostile.Arrays(_work, "a" + Hostile.Name, "b" + Hostile.Name, "labels"),
            damaged = _work.File("damaged" + Hostile.Name + ".onnx");
        byte[] bytes = File.ReadAllBytes(model);
        "\u001b[2J"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("Gemm"u8)));
        File.WriteAllBytes(damaged, bytes);
        foreach (
            string[] args in (string[][])
                [
                    ["inspect", damaged],
                    ["eval", model, "--data", arrays],
                    ["run", model, "--input", "no" + Hostile.Name + "=" + arrays, "--output-dir", _work.File("o")],
                    ["run", model, "--input", arrays, "--output", "x" + Hostile.Name, "--output-dir", _work.File("o")],
                    ["export", model, "--out", _work.File("taken" + Hostile.Name)],
                    ["report", _work.File("no" + Hostile.Name)],
                ]
        )
        {
            Outcome outcome = Shell.Run(args);
            Assert.True(outcome.Code is 1 or 2, outcome.Out);
            Hostile.RequireHarmless(outcome.Out, outcome.Error);
            Assert.Contains(@"\u001b[2J", outcome.ErrorLine, StringComparison.Ordinal);
            Assert.StartsWith("evenkeel: ", outcome.ErrorLine, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Arguments_of_every_verb_are_spelt_out(string verb)
    {
        Command command = CommandTree.Find(verb);
        string[] words =
        [
            .. command.Options.Where(o => o.ValueType != typeof(bool) && o.Name[0] == '-').Select(o => o.Name),
        ];
        foreach (
            string[] tail in (string[][])
                [
                    ["x" + Hostile.Name],
                    ["--x" + Hostile.Name],
                    .. words.Select(w => (string[])[w, "x" + Hostile.Name]),
                ]
        )
        {
            // It takes any words for runs that have not begun, and waits for them.
            if (verb == "watch" && tail.Length == 1)
                continue;
            if (tail[0] is "--help" or "--out" or "--version" or "--mnist" or "--picture")
                continue;
            Outcome outcome = Shell.Run([.. verb.Split(' '), .. tail, "x" + Hostile.Name, "x" + Hostile.Name]);
            Assert.True(outcome.Code is 1 or 2, $"{tail[0]}: {outcome.Code}");
            Hostile.RequireHarmless(outcome.Out, outcome.Error);
        }
    }

    [Fact]
    public void Training_on_classes_of_such_names_shows_them_spelt_out()
    {
        string config = _work.Write(
            "c.json",
            ImageFiles.Small.Replace("\"classes\": 6, ", "", StringComparison.Ordinal)
        );
        string run = _work.File("run" + Hostile.Name),
            images = Hostile.Images(_work);
        Outcome trained = Shell
            .Run(
                "train",
                config,
                "--data",
                images,
                "--out",
                run,
                "--steps",
                "4",
                "--set",
                "data.trainCount=8",
                "data.testCount=8",
                "batchSize=4"
            )
            .Expect(0);
        foreach (
            Outcome outcome in (Outcome[])
                [trained, Shell.Run("eval", run), Shell.Run("report", run), Shell.Run("train", config, "--out", run)]
        )
        {
            Hostile.RequireHarmless(outcome.Out, outcome.Error);
            Assert.Contains(Spelt, outcome.Out + outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Names_of_a_configuration_are_spelt_out()
    {
        string name = JsonSerializer.Serialize("layer" + Hostile.Name);
        string config = _work.Write(
            "named.json",
            Workspace.Small.Replace("\"units\": 12", $"\"units\": 12, \"name\": {name}", StringComparison.Ordinal)
        );
        Outcome plan = Shell.Run("plan", config, "--explain").Expect(0),
            wrong = Shell.Run("train", config, "--set", $"a{Hostile.Name}.b=1").Expect(2);
        Hostile.RequireHarmless(plan.Out, wrong.Error);
        Assert.Contains(Spelt, plan.Out, StringComparison.Ordinal);
        Assert.Contains(Spelt, wrong.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_an_error_happened_is_told_on_lines_that_begin_alike()
    {
        using Process process = Shell.StartIn(
            "export EVENKEEL_DEBUG=1",
            "",
            "inspect",
            _work.File("no" + Hostile.Name)
        );
        string error = Shell.Finish(process).Expect(2).Error;
        Hostile.RequireHarmless(error);
        string[] lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("evenkeel: ", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..], line => Assert.StartsWith("debug: ", line, StringComparison.Ordinal));
        Assert.True(lines.Length > 3, error);
    }

    [Fact]
    public void A_process_writes_no_such_byte()
    {
        using Process process = Shell.Start("inspect", Hostile.Model(_work, ".safetensors"));
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        Assert.DoesNotContain(bytes.ToArray(), b => b != '\n' && b is < 0x20 or 0x7F);
        Hostile.RequireHarmless(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Fact]
    public void A_word_that_begins_with_an_at_sign_is_no_file_of_arguments()
    {
        string file = _work.Write("args", "--help");
        Outcome outcome = Shell.Run("inspect", "@" + file).Expect(2);
        Assert.Equal($"evenkeel: @{file}: the model file does not exist.", outcome.ErrorLine);
    }

    private string[] Arguments(string verb, string extension)
    {
        string model = Hostile.Model(_work, extension);
        string[] data = ["--data", Hostile.Arrays(_work, "input", "labels")];
        string changed = _work.File("changed" + Hostile.Name + extension);
        return verb switch
        {
            "inspect" => [verb, model],
            "run" => [verb, model, "--input", data[1], "--output-dir", _work.File("out" + Hostile.Name)],
            "export" => [verb, model, "--out", changed],
            "fold" or "recalibrate" => [verb, model, "--out", changed, .. data, .. Again(verb)],
            _ => [verb, model, .. data],
        };
    }

    private static string[] Again(string verb) => verb == "recalibrate" ? ["--force"] : [];

    private static IEnumerable<string> Strings(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => [element.GetString()!],
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
            JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Strings(p.Value)),
            _ => [],
        };
}
