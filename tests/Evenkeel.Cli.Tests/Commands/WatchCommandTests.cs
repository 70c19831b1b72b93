using Evenkeel.Cli.Tests.Support;
using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class WatchCommandTests : IDisposable
{
    private readonly Workspace _work = new();

    [Fact]
    public void A_watched_run_tells_its_page_and_records_its_layers_whenever_it_is_evaluated()
    {
        Outcome outcome = Shell.Run("train", _work.Config, "--out", _work.File("run"), "--watch", "--json").Expect(0);
        string note = Assert.Single(outcome.Json.GetProperty("notes").EnumerateArray()).GetString()!;
        Assert.Matches("^the live page is http://127\\.0\\.0\\.1:[0-9]+/[0-9a-f]{32}/$", note);
        Assert.Equal([5, 10, 15, 20], Steps("run"));
    }

    [Fact]
    public void Watching_changes_no_bit_of_the_result()
    {
        string plain = _work.Train("plain");
        Shell.Run("train", _work.Config, "--out", _work.File("watched"), "--watch").Expect(0);
        foreach (string name in (string[])["checkpoints/last.safetensors", "metrics.jsonl"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(plain, name)), File.ReadAllBytes(_work.File("watched", name)));
        Assert.False(File.Exists(Path.Combine(plain, "layers.jsonl")));
    }

    [Fact]
    public void A_resumed_run_records_its_layers_as_one_that_never_stopped()
    {
        string[] every = ["--set", "inspectEvery=3"];
        string whole = _work.Train("whole", every);
        string run = _work.Train("run", [.. every, "--steps", "10"]);
        // As if it had been killed between two checkpoints.
        File.AppendAllText(Path.Combine(run, "layers.jsonl"), "{\"step\":12,\"sigmoid1/input50\":0.5}\n{\"step\":15");
        Shell.Run("train", "--resume", run, "--steps", "20").Expect(0);
        Assert.Equal([3, 6, 9, 12, 15, 18], Steps("run"));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole, "layers.jsonl")),
            File.ReadAllBytes(Path.Combine(run, "layers.jsonl"))
        );
    }

    [Fact]
    public void The_page_is_served_until_the_command_is_interrupted()
    {
        string run = _work.Train("run");
        using var source = new CancellationTokenSource();
        source.Cancel();
        Outcome outcome = Shell.RunInterrupted(source, "watch", run, _work.File("later"), "--json").Expect(130);
        Assert.StartsWith(
            "http://127.0.0.1:",
            outcome.Json.GetProperty("address").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_is_no_run_is_refused()
    {
        string line = Shell.Run("watch", _work.Path).Expect(2).ErrorLine;
        Assert.Equal($"evenkeel: {_work.Path}: this is not the folder of a run; give the folder of a run.", line);
    }

    [Fact]
    public void A_port_is_for_a_page() =>
        Assert.Contains(
            "add --watch",
            Shell.Run("train", _work.Config, "--out", _work.File("run"), "--port", "9000").Expect(2).ErrorLine,
            StringComparison.Ordinal
        );

    public void Dispose() => _work.Dispose();

    private IEnumerable<long> Steps(string run) =>
        MetricsHistory.Read(_work.File(run, "layers.jsonl")).Rows.Select(row => row.Step);
}
