using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Whole runs of the tool by one, two and four ranks: the same states and the same lines of metrics.</summary>
public sealed class RankedNetworkTests
{
    public static TheoryData<string> Names => [.. RankedNetworks.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Ranks_make_the_run_of_one_process(string name)
    {
        using var work = new Workspace();
        string config = work.Write("config.json", RankedNetworks.Configuration(name));
        string alone = Train(work, config, 1);
        foreach (int ranks in (int[])[2, 4])
        {
            string run = Train(work, config, ranks);
            SameTensors.Check(alone, run, "last.safetensors");
            Assert.Equal(Metrics(alone), Metrics(run));
        }
    }

    private static string Train(Workspace work, string config, int ranks)
    {
        string run = work.File($"ranks{ranks}");
        Shell.Run("train", config, "--out", run, "--ranks", $"{ranks}").Expect(0);
        return run;
    }

    private static string Metrics(string run) => File.ReadAllText(Path.Combine(run, "metrics.jsonl"));
}
