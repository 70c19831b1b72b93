using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>What a class is called goes with the model from training to its last file.</summary>
public sealed class ClassNamesTests
{
    [Fact]
    public void Names_go_from_the_data_through_checkpoint_and_ONNX_file_to_the_predictions()
    {
        using var work = new Workspace();
        string config = work.Write("images.json", ImageFiles.Small);
        string[] options = ["--steps", "4", "--set", "evaluateEvery=2"];
        Shell.Run(["train", config, "--out", work.File("run"), .. options]).Expect(0);
        string onnx = work.File("model.onnx"),
            back = work.File("back.safetensors"),
            batch = work.File("x.npy");
        Shell.Run("export", work.File("run"), "--out", onnx).Expect(0);
        Shell.Run("export", onnx, "--out", back).Expect(0);
        using (FileStream file = File.Create(batch))
            NpyFile.Write(file, [2, 16, 16, 3], new float[2 * 16 * 16 * 3]);
        using (FileStream file = File.Create(work.File("first.npy")))
            NpyFile.Write(file, [2, 3, 16, 16], new float[2 * 16 * 16 * 3]);
        JsonElement evaluated = Shell.Run("eval", work.File("run"), "--json").Expect(0).Json;
        string[] names = [.. evaluated.GetProperty("classes").EnumerateArray().Select(n => n.GetString()!)];
        Assert.Equal(6, names.Distinct().Count());
        foreach (
            (string model, string x) in new[]
            {
                (work.File("run"), batch),
                (onnx, work.File("first.npy")),
                (back, batch),
            }
        )
        {
            string[] run = ["run", model, "--input", x, "--output-dir", work.File("out")];
            JsonElement likely = Shell
                .Run([.. run, "--json"])
                .Expect(0)
                .Json.GetProperty("predictions")[1]
                .GetProperty("classes")[0];
            int label = likely.GetProperty("class").GetInt32();
            Assert.Equal(names[label], likely.GetProperty("name").GetString());
            Assert.Contains($"{label} {names[label]}", Shell.Run(run).Expect(0).Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Classes_are_shown_without_a_folder_for_arrays()
    {
        using var work = new Workspace();
        string run = work.Train("run"),
            x = work.File("x.npy");
        using (FileStream file = File.Create(x))
            NpyFile.Write(file, [2, 784], new float[2 * 784]);
        string shown = Shell.Run("run", run, x).Expect(0).Out;
        Assert.Equal(2, shown.Split('\n').Count(line => line.StartsWith('0') || line.StartsWith('1')));
        Assert.Equal(shown, Shell.Run("run", run, "--input", x).Expect(0).Out);
        Assert.Equal([x], Directory.GetFiles(Path.GetDirectoryName(x)!, "*.npy"));
        JsonElement json = Shell.Run("run", run, x, "--json").Expect(0).Json;
        Assert.Equal(2, json.GetProperty("predictions").GetArrayLength());
        Assert.False(json.GetProperty("outputs")[0].TryGetProperty("file", out _));
        Assert.Contains(
            "name what the model reads",
            Shell.Run("run", run).Expect(2).ErrorLine,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--input: the batch is named already",
            Shell.Run("run", run, x, "--input", x).Expect(2).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_verb_takes_the_folder_of_a_run_as_its_best_model_and_says_so()
    {
        using var work = new Workspace();
        string run = work.Train("run"),
            x = work.File("x.npy");
        using (FileStream file = File.Create(x))
            NpyFile.Write(file, [1, 784], new float[784]);
        string[][] commands =
        [
            ["eval", run],
            ["inspect", run],
            ["diagnose", run],
            ["recalibrate", run, "--out", work.File("r.safetensors"), "--force"],
            ["fold", run, "--out", work.File("f.safetensors")],
            ["export", run, "--out", work.File("e.onnx")],
            ["run", run, "--input", x, "--output-dir", work.File("out")],
        ];
        foreach (string[] command in commands)
        {
            Outcome outcome = Shell.Run(command);
            Assert.True(outcome.Code is 0 or 1, $"{command[0]}: {outcome.Error}");
            Assert.Contains("Using best.safetensors", outcome.Error, StringComparison.Ordinal);
        }
    }
}
