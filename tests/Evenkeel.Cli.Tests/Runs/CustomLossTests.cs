using System.IO.Compression;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Runs;

namespace Evenkeel.Cli.Tests.Runs;

/// <summary>What the tool does with the run of a program that has a loss of its own.</summary>
public sealed class CustomLossTests
{
    [Fact]
    public void The_tool_refuses_what_needs_the_code_and_does_the_rest()
    {
        using var work = new Workspace();
        RunConfig config = RunConfig.Parse(
            """
            {
              "network": {"layers": [{"type": "linear", "units": 1}]},
              "data": {"type": "given", "shape": [3]},
              "loss": {"type": "custom", "name": "cost"}, "batchSize": 2, "steps": 2
            }
            """
        );
        ITargetDataset data = ArrayDataset.WithTargets("sounds", [1, 2, 3, 4, 5, 6], [3], [0, 1], [1]);
        var loss = new CustomLoss(
            "cost",
            (output, target, gradient) => gradient[0] = MathF.Sign(output[0] - target[0])
        );
        config = config.WithData(data, data) with { Training = config.Training with { Loss = loss } };
        RunFiles files = TrainingRun.Start(config, work.File("run")).Files;
        string test = Examples(work.File("test.npz"));
        const string refusal =
            "loss: 'cost' is a custom loss, whose code only a program has; train, resume and evaluate in that program";
        Assert.Contains(refusal, Shell.Run("eval", files.Last, "--data", test).Expect(2).ErrorLine);
        string file = work.Write(
            "own.json",
            """
            {
              "network": {"layers": [{"type": "linear", "units": 784}]},
              "data": {"source": "digits", "trainCount": 20, "testCount": 20, "targets": "inputs"},
              "loss": {"type": "custom", "name": "cost"}, "batchSize": 2, "steps": 2
            }
            """
        );
        Assert.Contains(refusal, Shell.Run("train", file, "--out", work.File("new")).Expect(2).ErrorLine);
        Shell.Run("inspect", files.Last).Expect(0);
        Shell.Run("export", files.Last, "--out", work.File("model.onnx")).Expect(0);
    }

    private static string Examples(string path)
    {
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        using (Stream inputs = archive.CreateEntry("inputs.npy").Open())
            NpyFile.Write(inputs, [2, 3], [1, 2, 3, 4, 5, 6]);
        using (Stream targets = archive.CreateEntry("targets.npy").Open())
            NpyFile.Write(targets, [2, 1], [0, 1]);
        return path;
    }
}
