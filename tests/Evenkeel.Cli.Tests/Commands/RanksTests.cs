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
        SameTensors.Check(alone, ranks, "last.safetensors");
        SameTensors.Check(alone, ranks, "best.safetensors");
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
        SameTensors.Check(straight, parted, "last.safetensors");
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
        Assert.Contains("3 slices cannot be shared out evenly to 2 ranks", odd.Error, StringComparison.Ordinal);
        Outcome missing = Shell.Run("train", work.File("none.json"), "--ranks", "2");
        Assert.NotEqual(0, missing.Code);
        Assert.Single(missing.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Metrics(string run) => File.ReadAllText(Path.Combine(run, "metrics.jsonl"));
}
