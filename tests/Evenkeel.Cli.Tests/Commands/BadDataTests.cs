using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Damaged data, weights and checkpoints, and training that goes wrong: exit code 1 and one line.</summary>
public sealed class BadDataTests
{
    [Fact]
    public void Whole_files_of_a_folder_are_trained_on()
    {
        using var work = new Workspace();
        Train(work, MnistFolder.Create(work.File("data"))).Expect(0);
    }

    [Fact]
    public void A_file_that_ends_early_is_told()
    {
        using var work = new Workspace();
        string folder = MnistFolder.Create(work.File("data"));
        string file = Path.Combine(folder, MnistFolder.TrainImages);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^200]);
        Outcome outcome = Train(work, folder).Expect(1);
        Assert.Contains(file, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void A_flipped_bit_is_told(int place)
    {
        using var work = new Workspace();
        string folder = MnistFolder.Create(work.File("data"));
        string file = Path.Combine(folder, MnistFolder.TrainImages);
        byte[] bytes = File.ReadAllBytes(file);
        bytes[place] ^= 0x10;
        File.WriteAllBytes(file, bytes);
        Outcome outcome = Train(work, folder).Expect(1);
        Assert.Contains(file, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_number_of_labels_than_images_is_told()
    {
        using var work = new Workspace();
        Outcome outcome = Train(work, MnistFolder.Create(work.File("data"), trainLabels: 39)).Expect(1);
        Assert.Contains("39", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("40", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_out_of_range_is_told()
    {
        using var work = new Workspace();
        Outcome outcome = Train(work, MnistFolder.Create(work.File("data"), firstLabel: 12)).Expect(1);
        Assert.Contains("12", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(MnistFolder.TrainLabels, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_told_with_the_files_it_needs()
    {
        using var work = new Workspace();
        Outcome outcome = Train(work, work.File("nowhere")).Expect(1);
        Assert.Contains("the folder does not exist", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Contains(MnistFolder.TrainImages, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_that_diverges_stops_with_the_remedy_and_keeps_its_log()
    {
        using var work = new Workspace();
        string[] plain =
        [
            "network.batchNorm=false",
            "network.layers.1.type=relu",
            "network.layers.3.type=relu",
            "steps=200",
        ];
        Outcome outcome = Shell
            .Run(["train", work.Config, "--out", work.File("run"), "--learning-rate", "1e6", "--set", .. plain])
            .Expect(3);
        string line = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith("evenkeel: Step ", line, StringComparison.Ordinal);
        Assert.Contains("lower the learning rate or clip gradients", line, StringComparison.Ordinal);
        Assert.NotEmpty(File.ReadAllLines(work.File("run", "metrics.jsonl")));
    }

    [Fact]
    public void Batches_whose_loss_is_not_finite_can_be_skipped_and_are_counted()
    {
        using var work = new Workspace();
        string[] plain = ["network.batchNorm=false", "network.layers.3.type=relu", "steps=60", "onNonFiniteLoss=skip"];
        Outcome outcome = Shell
            .Run([
                "train",
                work.Config,
                "--out",
                work.File("run"),
                "--json",
                "--learning-rate",
                "1e15",
                "--set",
                .. plain,
            ])
            .Expect(0);
        Assert.InRange(outcome.Json.GetProperty("skippedBatches").GetInt64(), 1, 60);
    }

    [Fact]
    public void A_batch_of_one_into_batch_normalisation_is_told_with_the_remedies()
    {
        using var work = new Workspace();
        Outcome outcome = Shell.Run("train", work.Config, "--out", work.File("run"), "--batch-size", "1").Expect(1);
        string line = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.StartsWith(
            "evenkeel: Layer 'batchnorm1' was given one value per channel (batch 1",
            line,
            StringComparison.Ordinal
        );
        Assert.Contains("Use a batch of 2 or more", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_leaves_the_older_ones()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        byte[] before = File.ReadAllBytes(Path.Combine(run, "checkpoints", "step-20.safetensors"));
        // A folder in the place of the next numbered checkpoint: the rename fails.
        Directory.CreateDirectory(Path.Combine(run, "checkpoints", "step-25.safetensors", "in-the-way"));
        Outcome outcome = Shell.Run("train", "--resume", run, "--steps", "25").Expect(0);
        Assert.Contains("the newest checkpoint could not be saved", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("step-25.safetensors", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(run, "checkpoints", "step-20.safetensors")));
        Directory.Delete(Path.Combine(run, "checkpoints", "step-25.safetensors"), recursive: true);
        Shell.Run("train", "--resume", run, "--steps", "40").Expect(0);
    }

    [Fact]
    public void Initial_weights_of_another_network_are_told()
    {
        using var work = new Workspace();
        string other = work.Train("other", "--set", "network.layers.0.units=5");
        string weights = Path.Combine(other, "checkpoints", "last.safetensors");
        Outcome outcome = Shell
            .Run("train", work.Config, "--out", work.File("run"), "--set", $"init={weights}")
            .Expect(1);
        Assert.Contains("it belongs to another network", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(work.File("run")));
    }

    private static Outcome Train(Workspace work, string folder) =>
        Shell.Run(
            "train",
            work.Config,
            "--out",
            work.File("run"),
            "--data",
            folder,
            "--set",
            "data.trainCount=null",
            "data.testCount=null"
        );
}
