using System.Text.Json;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class PlanCommandTests
{
    private const string Rule = "fuse-activation";

    [Theory]
    [InlineData("training", "Training plan, batch up to 60")]
    [InlineData("inference", "Inference plan")]
    [InlineData("statistics", "BatchStatistics plan")]
    public void Prints_the_plan_of_each_mode(string mode, string heading)
    {
        Outcome outcome = Shell.Run("plan", "mnist", "--mode", mode).Expect(0);
        Assert.StartsWith(heading, outcome.Out, StringComparison.Ordinal);
        Assert.Empty(outcome.Error);
    }

    // Three layers of 100 channels: count, mean and M2 of each, then two sums, in double, at two levels of a tree.
    [Fact]
    public void Says_what_each_rank_sends()
    {
        string text = Shell.Run("plan", "mnist", "--ranks", "4").Expect(0).Out;
        Assert.Contains("ExchangeMoments        3 exchanges        6 rounds           9,648 bytes", text);
        Assert.Contains("ExchangeSums           3 exchanges        6 rounds           9,600 bytes", text);
        Assert.Contains("ExchangeGradients      1 exchanges        4 rounds", text);
        Assert.Contains(
            "ExchangeGradients            gradients 2 of ",
            Shell.Run("plan", "bn-inception", "--ranks", "4").Expect(0).Out
        );
        Assert.DoesNotContain("Exchange", Shell.Run("plan", "mnist").Expect(0).Out);
        Assert.Contains("--ranks: 3 is not a power of two", Shell.Run("plan", "mnist", "--ranks", "3").Expect(2).Error);
    }

    [Fact]
    public void Explains_what_the_rules_did()
    {
        Outcome outcome = Shell.Run("plan", "mnist", "--explain").Expect(0);
        Assert.Contains(
            $"{Rule, -28} batchnorm1       applied: computes sigmoid1 in the same pass",
            outcome.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Leaves_out_a_rule_or_batch_normalisation()
    {
        Assert.Equal(0, Applied(Shell.Run("plan", "mnist", "--json", "--disable", Rule)));
        Assert.Equal(3, Applied(Shell.Run("plan", "mnist", "--json")));
        string plain = Shell.Run("plan", "mnist", "--no-bn").Expect(0).Out;
        Assert.DoesNotContain("NormalizeForward", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_configuration_and_its_batch()
    {
        using var work = new Workspace();
        JsonElement json = Shell.Run("plan", work.Config, "--json").Expect(0).Json;
        Assert.Equal(20, json.GetProperty("batch").GetInt32());
        Assert.Equal(
            8,
            Shell.Run("plan", work.Config, "--json", "--batch", "8").Expect(0).Json.GetProperty("batch").GetInt32()
        );
        Assert.DoesNotContain(
            "batchnorm",
            Shell.Run("plan", work.Config, "--no-bn").Expect(0).Out,
            StringComparison.Ordinal
        );
    }

    // Two micro-batches of five examples each of two slices: a plan of five, and of whatever else the configuration says.
    [Fact]
    public void Plans_the_step_that_the_configuration_trains_with()
    {
        using var work = new Workspace();
        string config = work.Write(
            "sliced.json",
            """
            {"network": {"layers": [{"type": "linear", "units": 9}, {"type": "relu"}, {"type": "linear", "units": 10}], "batchNorm": true}, "data": {"source": "digits"},
             "batchSize": 20, "slices": 2, "accumulate": 2, "optimizer": {"type": "adam"}}
            """
        );
        string one = Shell.Run("plan", config).Expect(0).Out;
        Assert.Contains("ExchangeMoments", one, StringComparison.Ordinal);
        Assert.Contains("UpdateParameters", one, StringComparison.Ordinal);
        Assert.DoesNotContain("ranks in a step", one, StringComparison.Ordinal);
        Assert.Contains(
            "sent by each of 2 ranks in a step",
            Shell.Run("plan", config, "--ranks", "2").Expect(0).Out,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--ranks: 2 slices are not a multiple of 4 ranks",
            Shell.Run("plan", config, "--ranks", "4").Expect(2).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Explains_which_convolutions_are_computed_again()
    {
        Outcome all = Shell.Run("plan", "resnet20", "--json"),
            some = Shell.Run("plan", "resnet20", "--recompute", "0.2", "--json");
        Assert.InRange(Bytes(some) / (double)Bytes(all), 0.75, 0.85);
        Assert.Contains(
            "rematerialize-convolution    conv1            applied: computed again for 2.0 % of the forward pass's work",
            Shell.Run("plan", "resnet20", "--recompute", "0.2", "--explain").Expect(0).Out,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--recompute: it must be a number, 0 to 1, not '1.5'",
            Shell.Run("plan", "resnet20", "--recompute", "1.5").Expect(2).Error,
            StringComparison.Ordinal
        );
        using var work = new Workspace();
        string config = work.Write(
            "again.json",
            """{"network": {"name": "resnet", "depth": 20}, "data": {"type": "images"}, "recompute": 0.2}"""
        );
        Assert.Contains(
            "layer1.0.conv1   applied: computed again",
            Shell.Run("plan", config, "--explain").Expect(0).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Explains_which_activations_are_kept_as_bfloat16()
    {
        Outcome floats = Shell.Run("plan", "resnet20", "--json"),
            kept = Shell.Run("plan", "resnet20", "--keep-activations", "bf16", "--json");
        Assert.InRange(Bytes(kept) / (double)Bytes(floats), 0.5, 0.6);
        Assert.Contains(
            "keep-in-bf16                 conv1            applied: kept in 1,966,080 bytes instead of 3,932,160",
            Shell.Run("plan", "resnet20", "--keep-activations", "bf16", "--explain").Expect(0).Out,
            StringComparison.Ordinal
        );
        using var work = new Workspace();
        string config = work.Write("kept.json", """{"network": {"name": "mnist"}, "keepActivations": "bf16"}""");
        Assert.Contains("NarrowValue", Shell.Run("plan", config).Expect(0).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'fuse' is not a rule; known: remove-dropout", "plan", "mnist", "--disable", "fuse")]
    [InlineData("Must be one of: 'training' 'inference' 'statistics'", "plan", "mnist", "--mode", "testing")]
    [InlineData("the configuration file does not exist", "plan", "lenet")]
    [InlineData("--batch: it must be a whole number, 1 to 1000000, not '0'", "plan", "mnist", "--batch", "0")]
    [InlineData("--no-bn: WITH contains the layer 'batchnorm1'", "plan", "WITH", "--no-bn")]
    public void Wrong_arguments_are_told(string message, params string[] args)
    {
        using var work = new Workspace();
        string file = work.Write(
            "with.json",
            "{\"network\": {\"layers\": [{\"type\": \"linear\", \"units\": 10}, {\"type\": \"batchnorm\"}]}}"
        );
        Outcome outcome = Shell.Run([.. args.Select(a => a == "WITH" ? file : a)]).Expect(2);
        Assert.Contains(
            message.Replace("WITH", file, StringComparison.Ordinal),
            outcome.ErrorLine,
            StringComparison.Ordinal
        );
    }

    private static int Applied(Outcome outcome) =>
        outcome
            .Expect(0)
            .Json.GetProperty("rewrites")
            .EnumerateArray()
            .Count(r => r.GetProperty("applied").GetBoolean());

    private static long Bytes(Outcome outcome) => outcome.Expect(0).Json.GetProperty("activationBytes").GetInt64();
}
