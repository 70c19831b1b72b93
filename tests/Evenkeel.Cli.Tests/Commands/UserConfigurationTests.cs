using System.Text.Json;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Configurations as people write them, trained and evaluated by the tool.</summary>
public sealed class UserConfigurationTests
{
    [Fact]
    public void A_kernel_may_be_one_number()
    {
        using var work = new Workspace();
        string config = work.Write(
            "kernel.json",
            """
            {
              "network": {
                "layers": [
                  {"type": "conv2d", "filters": 4, "kernel": 3}, {"type": "relu"},
                  {"type": "globalaveragepool"}, {"type": "linear", "units": 10}
                ]
              },
              "data": {"type": "images", "source": "shapes", "trainCount": 100, "testCount": 50},
              "steps": 2, "batchSize": 16, "learningRate": 0.1, "tensorBoard": false
            }
            """
        );
        Shell.Run("train", config, "--out", work.File("run")).Expect(0);
        JsonElement record = JsonDocument.Parse(File.ReadAllText(work.File("run", "run.json"))).RootElement;
        JsonElement layer = record.GetProperty("config").GetProperty("network").GetProperty("layers")[0];
        Assert.Equal([3, 3], layer.GetProperty("kernel").EnumerateArray().Select(n => n.GetInt32()));
    }
}
