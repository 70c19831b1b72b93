using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class TrainImagesTests
{
    [Fact]
    public void A_run_notes_everything_and_its_checkpoint_is_evaluated_as_it_was_trained()
    {
        using var work = new Workspace();
        string run = Train(work, "run");
        JsonNode record = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "run.json")))!;
        string config = record["config"]!.ToJsonString();
        Assert.Equal(3, record["config"]!["data"]!["scaling"]!["mean"]!.AsArray().Count);
        RunConfig again = RunConfigReader.Read(ConfigText.Parse(config, "run.json", work.Path));
        Assert.Equal(config, RunConfigWriter.Write(again).ToJsonString());

        string model = Path.Combine(run, "checkpoints", "last.safetensors");
        JsonElement result = Shell.Run("eval", model, "--json").Expect(0).Json;
        Assert.Equal(record["result"]!["accuracy"]!.GetValue<double>(), result.GetProperty("accuracy").GetDouble());
        Assert.Equal(record["result"]!["validationLoss"]!.GetValue<double>(), result.GetProperty("loss").GetDouble());
        Assert.InRange(result.GetProperty("topFive").GetDouble(), result.GetProperty("accuracy").GetDouble(), 1);
        string text = Shell.Run("eval", model, "--test-count", "7").Expect(0).Out;
        Assert.Contains("top-5", text, StringComparison.Ordinal);
        Assert.Contains("7 examples", text, StringComparison.Ordinal);
        Outcome grey = Shell.Run("eval", model, "--encoding", "unit").Expect(2);
        Assert.Contains("is for grey pixels", grey.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_killed_run_with_readers_at_work_goes_on_to_the_same_bits()
    {
        using var work = new Workspace();
        string straight = Train(work, "straight", "--steps", "200", "--set", "checkpointEvery=10", "evaluateEvery=50");
        string killed = work.File("killed");
        string[] options = ["--steps", "200", "--set", "checkpointEvery=10", "evaluateEvery=50", "workers=3"];
        using (Process process = Shell.Start(["train", work.File("images.json"), "--out", killed, .. options]))
        {
            string first = Path.Combine(killed, "checkpoints", "last.safetensors");
            var waited = Stopwatch.StartNew();
            while (!File.Exists(first) && !process.HasExited && waited.Elapsed < TimeSpan.FromMinutes(1))
                Thread.Sleep(1);
            // On Unix this is SIGKILL, after which nothing of the process runs.
            process.Kill();
            process.WaitForExit();
        }

        Outcome resumed = Shell.Run("train", "--resume", killed, "--set", "workers=3", "--json").Expect(0);
        Assert.Equal(200, resumed.Json.GetProperty("steps").GetInt64());
        JsonNode record = JsonNode.Parse(File.ReadAllText(Path.Combine(killed, "run.json")))!;
        Assert.InRange(record["resumed"]![0]!["step"]!.GetValue<long>(), 1, 199);
        SameTensors.Check(straight, killed, "last.safetensors");
        Assert.Equal(
            File.ReadAllText(Path.Combine(straight, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(killed, "metrics.jsonl"))
        );
    }

    [Fact]
    public void Images_held_out_are_read_as_test_images_and_trained_on_by_nobody()
    {
        var config = new ImageDataConfig
        {
            Size = 16,
            TrainCount = 50,
            TestCount = 5,
            Validation = 20,
            Augment = new AugmentConfig { Crop = CropKind.Inception, Mirror = true },
        };
        LoadedData data = DataSource.Load(config, 1, RunHost.Silent, default);
        Assert.Equal((30, 20, 5), (data.Train.Count, data.Validation.Count, data.Test.Count));
        (ImageDataset train, ImageDataset held) = ((ImageDataset)data.Train, (ImageDataset)data.Validation);
        Assert.IsType<RandomResizedCrop>(train.Transform.Crop);
        Assert.NotNull(train.Transform.Mirror);
        Assert.IsType<ResizeAndCenterCrop>(held.Transform.Crop);
        Assert.Null(held.Transform.Mirror);
        Assert.Equal(train.Transform.Scaling, held.Transform.Scaling);
        string[] trained = [.. Enumerable.Range(0, 30).Select(train.Source.Describe)];
        Assert.DoesNotContain(Enumerable.Range(0, 20).Select(held.Source.Describe), trained.Contains);
        Assert.Equal(ChannelScaling.Measure(train.Source), train.Transform.Scaling);
    }

    [Fact]
    public void Files_that_are_no_images_are_left_out_counted_and_named()
    {
        using var work = new Workspace();
        string folder = ImageFiles.Create(work.File("data"), 20, "cat", "dog");
        ImageFiles.Write(folder, "train/cat/empty.jpg", []);
        ImageFiles.Write(folder, "train/dog/notes.jpg", [.. "not an image"u8]);
        ImageFiles.Write(folder, "train/dog/short.jpg", ImageFiles.Jpeg[..^25]);
        string[] more = ["--data", folder, "--set", "data.trainCount=null", "data.testCount=null", "data.classes=null"];
        Outcome outcome = TrainInto(work, "run", more).Expect(0);
        string[] lines = outcome.Error.Split('\n');
        string skipped = Assert.Single(lines, l => l.Contains("left out: 2:", StringComparison.Ordinal));
        Assert.Contains("empty.jpg", skipped, StringComparison.Ordinal);
        Assert.Contains("notes.jpg", skipped, StringComparison.Ordinal);
        string replaced = Assert.Single(lines, l => l.Contains("damaged images", StringComparison.Ordinal));
        Assert.Contains("short.jpg", replaced, StringComparison.Ordinal);
    }

    private static string Train(Workspace work, string run, params string[] options)
    {
        TrainInto(work, run, options).Expect(0);
        return work.File(run);
    }

    private static Outcome TrainInto(Workspace work, string run, params string[] options) =>
        Shell.Run(["train", work.Write("images.json", ImageFiles.Small), "--out", work.File(run), .. options]);
}
