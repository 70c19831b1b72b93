using Evenkeel.Cli.Tests.Support;
using Evenkeel.Runs;

namespace Evenkeel.Cli.Tests.Runs;

/// <summary>What the tool says of a run on data that a program gave.</summary>
public sealed class GivenDataTests
{
    [Fact]
    public void The_tool_has_no_such_data()
    {
        using var work = new Workspace();
        const string config = """
            {
              "network": {"layers": [{"type": "linear", "units": 2}]},
              "data": {"type": "given", "shape": [3]},
              "batchSize": 2, "steps": 2
            }
            """;
        var data = new ArrayDataset("sounds", [1, 2, 3, 4, 5, 6], [0, 1], [3], 2);
        RunFiles files = TrainingRun.Start(RunConfig.Parse(config).WithData(data, data), work.File("run")).Files;
        foreach (string verb in (string[])["eval", "diagnose"])
            Assert.Contains(
                "it was trained on 'sounds', which a program gave; name data with --data, such as a .npy file",
                Shell.Run(verb, files.Last).Expect(2).ErrorLine
            );
        Assert.Contains(
            "'sounds' is data that a program gives",
            Shell.Run("train", "--resume", files.Folder).Expect(2).ErrorLine
        );
        string file = work.Write("given.json", config);
        Assert.Contains(
            "'given data' is data that a program gives",
            Shell.Run("train", file, "--out", work.File("new")).Expect(2).ErrorLine
        );
        Shell.Run("plan", file).Expect(0);
    }
}
