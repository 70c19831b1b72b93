using System.Text.Json.Nodes;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class RanksTests
{
    [Fact]
    public void Ranks_and_slices_of_one_process_make_the_same_run()
    {
        using var work = new Workspace();
        string alone = work.Train("alone", "--set", "slices=4", "--steps", "20", "--threads", "2");
        string ranks = work.Train("ranks", "--set", "slices=4", "--steps", "20", "--ranks", "4");
        Assert.Equal(Checkpoint(alone, "last"), Checkpoint(ranks, "last"));
        Assert.Equal(Checkpoint(alone, "best"), Checkpoint(ranks, "best"));
        Assert.Equal(Metrics(alone), Metrics(ranks));
        Assert.Equal(Directory.GetFileSystemEntries(alone).Length, Directory.GetFileSystemEntries(ranks).Length);
    }

    [Fact]
    public void A_run_goes_on_with_another_number_of_ranks()
    {
        using var work = new Workspace();
        string straight = work.Train("straight", "--set", "slices=4", "--steps", "20");
        string parted = work.Train("parted", "--set", "slices=4", "--steps", "10", "--ranks", "2");
        Shell.Run("train", "--resume", parted, "--steps", "20", "--ranks", "4").Expect(0);
        Assert.Equal(Checkpoint(straight, "last"), Checkpoint(parted, "last"));
        Assert.Equal(Metrics(straight), Metrics(parted));
    }

    [Fact]
    public void There_are_as_many_slices_as_ranks_where_nothing_is_said()
    {
        using var work = new Workspace();
        string run = work.Train("run", "--steps", "5", "--ranks", "2");
        Assert.Contains("\"slices\": 2", File.ReadAllText(Path.Combine(run, "run.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_is_told_once()
    {
        using var work = new Workspace();
        Outcome odd = Shell
            .Run("train", work.Config, "--out", work.File("odd"), "--ranks", "2", "--set", "slices=3")
            .Expect(2);
        Assert.Contains("3 slices are not a multiple of 2 ranks", odd.Error, StringComparison.Ordinal);
        Outcome missing = Shell.Run("train", work.File("none.json"), "--ranks", "2");
        Assert.NotEqual(0, missing.Code);
        Assert.Single(missing.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Ranks_judge_what_is_held_out_and_what_is_tested_as_one_process_does()
    {
        using var work = new Workspace();
        string[] options = ["--set", "slices=3", "--set", "data.validation=60", "--set", "data.testCount=600"];
        string alone = work.Train("alone", options);
        string ranks = work.Train("ranks", [.. options, "--ranks", "3"]);
        Assert.Equal(Metrics(alone), Metrics(ranks));
        Assert.Equal(Results(alone), Results(ranks));
        Assert.Contains("bestTestAccuracy", Results(alone), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_model_is_evaluated_to_the_same_numbers(int ranks)
    {
        using var work = new Workspace();
        string run = work.Train("run", "--steps", "10");
        string[] eval = ["eval", run, "--test-count", "600", "--json"];
        string alone = Shell.Run(eval).Expect(0).Out;
        Assert.Equal(alone, Shell.Run([.. eval, "--ranks", $"{ranks}"]).Expect(0).Out);
    }

    [Theory]
    [InlineData("layers", "pooled")]
    [InlineData("one-pass", "paper")]
    public void A_model_is_recalibrated_to_the_same_file(string order, string estimator)
    {
        using var work = new Workspace();
        string run = work.Train("run", "--steps", "10");
        string[] recalibrate =
        [
            "recalibrate",
            run,
            "--order",
            order,
            "--estimator",
            estimator,
            "--batch-size",
            "9",
            "--out",
            work.File("new.safetensors"),
            "--force",
        ];
        string alone = Shell.Run(recalibrate).Expect(0).Out;
        byte[] expected = File.ReadAllBytes(work.File("new.safetensors"));
        File.Delete(work.File("new.safetensors"));
        Assert.Equal(alone, Shell.Run([.. recalibrate, "--ranks", "3"]).Expect(0).Out);
        Assert.Equal(expected, File.ReadAllBytes(work.File("new.safetensors")));
    }

    // What came out, but for seconds.
    private static string Results(string run)
    {
        JsonObject result = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "run.json")))!["result"]!.AsObject();
        result.Remove("seconds");
        result.Remove("stepsPerSecond");
        return result.ToJsonString();
    }

    private static byte[] Checkpoint(string run, string name) =>
        File.ReadAllBytes(Path.Combine(run, "checkpoints", $"{name}.safetensors"));

    private static string Metrics(string run) => File.ReadAllText(Path.Combine(run, "metrics.jsonl"));
}
