using System.Text.Json;
using Evenkeel.Cli.Experiments.Gradients;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class ReproduceGradientsTests
{
    [Fact]
    public void Jacobians_gradients_and_smoothness_are_measured_before_and_behind_a_short_training()
    {
        using var work = new Workspace();
        string folder = work.File("gradients");
        JsonElement json = Reproduce(folder, "--activations", "tanh", "relu", "--scales", "0.5", "2", "--depths", "3");
        JsonElement[] networks = [.. json.GetProperty("networks").EnumerateArray()];
        Assert.Equal(8, networks.Length);
        Assert.All(networks, n => Assert.Equal(2, Profile(n, "before", "jacobians").Length));
        Assert.All(networks, n => Assert.Equal(3, Profile(n, "after", "gradients").Length));
        Assert.All(networks, n => Assert.Equal(5, n.GetProperty("smoothness").GetArrayLength()));
        foreach (string file in (string[])["report.html", "report.json", "result.json", "gradients-a-tanh.svg"])
            Assert.True(new FileInfo(Path.Combine(folder, file)).Length > 100, file);
        // A rectifier passes a scale of its weights on, exactly where it is a power of 2; normalisation takes it away, but for epsilon:
        // the variance is some 0.1 here, so that is 1e-4.
        Assert.Equal(
            4,
            RootMeanSquare(networks, "relu", false, 2) / RootMeanSquare(networks, "relu", false, 0.5),
            1e-5
        );
        Assert.Equal(1, RootMeanSquare(networks, "relu", true, 2) / RootMeanSquare(networks, "relu", true, 0.5), 2e-3);
        Assert.Equal(1, RootMeanSquare(networks, "tanh", true, 2) / RootMeanSquare(networks, "tanh", true, 0.5), 2e-3);
    }

    [Fact]
    public void Threads_change_no_bit_and_tables_show_medians_over_seeds()
    {
        using var work = new Workspace();
        string[] how = ["--activations", "sigmoid", "--scales", "1", "--depths", "2", "--seeds", "2"];
        string alone = Reproduce(work.File("1"), [.. how, "--threads", "1"]).GetProperty("networks").GetRawText();
        Assert.Equal(alone, Reproduce(work.File("2"), [.. how, "--threads", "2"]).GetProperty("networks").GetRawText());
        Outcome table = Shell
            .Run(["reproduce", "gradients", .. how, .. SmallDigits.Options, "--steps", "1", "--out", work.File("3")])
            .Expect(0);
        Assert.Equal(2, table.Out.Split('\n').Count(line => line.StartsWith("sigmoid", StringComparison.Ordinal)));
    }

    // E[f'^2] / Var[f] of a rectifier is pi / (pi - 1) (Yang et al. 2019); the midpoint rule errs by the square of its step, 1e-6, at the kink.
    [Fact]
    public void A_wide_normalised_layer_stretches_as_theory_says_and_never_shrinks()
    {
        Assert.Equal(Math.Sqrt(Math.PI / (Math.PI - 1)), WideLimit.RootMeanSquare(DeepActivation.Relu), 1e-6);
        Assert.All(Enum.GetValues<DeepActivation>(), a => Assert.InRange(WideLimit.RootMeanSquare(a), 1, 1.5));
        using var work = new Workspace();
        string[] how = ["--scales", "1", "--depths", "2", "--width", "256", "--learning-rate", "0.001"];
        JsonElement json = Reproduce(work.File("wide"), how);
        JsonElement[] networks = [.. json.GetProperty("networks").EnumerateArray()];
        foreach (DeepActivation activation in Enum.GetValues<DeepActivation>())
        {
            // 256 x 256 weights and 4 examples: a tenth is three deviations.
            double found = RootMeanSquare(networks, DeepNetwork.Word(activation), true, 1);
            Assert.InRange(found / WideLimit.RootMeanSquare(activation), 0.9, 1.1);
        }
    }

    [Theory]
    [InlineData("--depths", "1", "--depths: it must be a whole number, 2 to 200, not '1'")]
    [InlineData("--scales", "0", "--scales: it must be")]
    [InlineData("--activations", "gelu", "'gelu'")]
    public void Wrong_options_are_told(string option, string value, string message) =>
        Assert.Contains(
            message,
            Shell.Run("reproduce", "gradients", option, value).Expect(2).ErrorLine,
            StringComparison.Ordinal
        );

    private static JsonElement Reproduce(string folder, params string[] how)
    {
        string[] small = how.Contains("--width") ? ["--steps", "1"] : ["--steps", "4", "--width", "12"];
        string[] all = [.. how, .. small, .. SmallDigits.Options];
        return Shell.Run(["reproduce", "gradients", .. all, "--json", "--out", folder]).Expect(0).Json;
    }

    private static JsonElement[] Profile(JsonElement network, string when, string list) =>
        [.. network.GetProperty(when).GetProperty(list).EnumerateArray()];

    private static double RootMeanSquare(JsonElement[] networks, string activation, bool batchNorm, double scale)
    {
        JsonElement network = networks.Single(n =>
            n.GetProperty("activation").GetString() == activation
            && n.GetProperty("batchNorm").GetBoolean() == batchNorm
            && n.GetProperty("scale").GetDouble() == scale
        );
        return Profile(network, "before", "jacobians")[0].GetProperty("rootMeanSquare").GetDouble();
    }
}
