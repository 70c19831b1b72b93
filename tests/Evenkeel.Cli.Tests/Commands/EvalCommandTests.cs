using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class EvalCommandTests
{
    [Fact]
    public void Gives_the_accuracy_that_training_saw_on_the_data_of_the_training()
    {
        using var work = new Workspace();
        string run = work.Train("run", "--set", "data.encoding=standardized");
        JsonElement record = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json"))).RootElement;
        Outcome outcome = Shell.Run("eval", Path.Combine(run, "checkpoints", "last.safetensors"), "--json").Expect(0);
        JsonElement result = record.GetProperty("result");
        Assert.Equal(result.GetProperty("accuracy").GetDouble(), outcome.Json.GetProperty("accuracy").GetDouble());
        Assert.Equal(result.GetProperty("validationLoss").GetDouble(), outcome.Json.GetProperty("loss").GetDouble());
        Assert.Equal("standardized", outcome.Json.GetProperty("encoding").GetString());
        int[][] confusion = outcome.Json.GetProperty("confusion").Deserialize<int[][]>()!;
        Assert.Equal(60, confusion.Sum(row => row.Sum()));
        Assert.Equal(result.GetProperty("accuracy").GetDouble(), confusion.Select((row, i) => row[i]).Sum() / 60.0);
    }

    [Fact]
    public void Shows_each_class()
    {
        using var work = new Workspace();
        string best = Path.Combine(work.Train("run"), "checkpoints", "best.safetensors");
        Outcome outcome = Shell
            .Run("eval", best, "--data", MnistFolder.Create(work.File("data")), "--test-count", "10")
            .Expect(0);
        string[] lines = outcome.Out.Split('\n');
        Assert.Contains("MNIST test", lines[0], StringComparison.Ordinal);
        Assert.Contains("10 examples", lines[0], StringComparison.Ordinal);
        Assert.Equal(10, lines.Count(l => l.Length > 0 && char.IsAsciiDigit(l[0])));
        Assert.Empty(outcome.Error);
    }

    [Theory]
    [InlineData(-1f, "the running variance 'batchnorm1.running_var' of channel 0 is -1, below 0")]
    [InlineData(float.NaN, "value 0 of 'batchnorm1.running_var' is NaN")]
    public void Statistics_that_cannot_be_are_told(float value, string message)
    {
        using var work = new Workspace();
        string file = Path.Combine(work.Train("run"), "checkpoints", "last.safetensors");
        using (Model model = ModelFile.Load(file))
        {
            model.Floats("batchnorm1.running_var")[0] = value;
            ModelFile.Save(model, work.File("bad.safetensors"));
        }

        Outcome outcome = Shell.Run("eval", work.File("bad.safetensors")).Expect(1);
        Assert.Contains(message, outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_is_told()
    {
        using var work = new Workspace();
        string file = Path.Combine(work.Train("run"), "checkpoints", "last.safetensors");
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^100]);
        Assert.Contains(file, Shell.Run("eval", file).Expect(1).ErrorLine, StringComparison.Ordinal);
        File.WriteAllBytes(file, [.. "not a model at all"u8]);
        Assert.Contains(file, Shell.Run("eval", file).Expect(1).ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_without_a_network_are_told_with_the_remedy()
    {
        using var work = new Workspace();
        new SafeTensorsWriter().Add("0.weight", [2, 2], [1f, 2, 3, 4]).Save(work.File("foreign.safetensors"));
        Outcome outcome = Shell.Run("eval", work.File("foreign.safetensors")).Expect(1);
        Assert.Contains(
            "name the file as the initial weights of a configuration",
            outcome.ErrorLine,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("the model file does not exist", "eval", "nothing.safetensors")]
    [InlineData("'grey' is not one of", "eval", "MODEL", "--encoding", "grey")]
    [InlineData("--threads: it must be a whole number, 1 to 1024", "eval", "MODEL", "--threads", "0")]
    [InlineData("--test-count: it must be a whole number, 1 to 2000000", "eval", "MODEL", "--test-count", "0")]
    [InlineData("--test-count: it must be a whole number, 1 to 2000000", "eval", "MODEL", "--test-count", "100000000")]
    public void Wrong_arguments_are_told(string message, params string[] args)
    {
        using var work = new Workspace();
        string model = Path.Combine(work.Train("run"), "checkpoints", "last.safetensors");
        Outcome outcome = Shell.Run([.. args.Select(a => a == "MODEL" ? model : a)]).Expect(2);
        Assert.Contains(message, outcome.ErrorLine, StringComparison.Ordinal);
    }
}
