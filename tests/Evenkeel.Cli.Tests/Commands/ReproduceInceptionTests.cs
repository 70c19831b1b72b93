using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Layers;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class ReproduceInceptionTests
{
    [Fact]
    public void A_tiny_run_leaves_report_figure_and_complete_numbers()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"evenkeel-{Guid.NewGuid():N}");
        try
        {
            string[] arguments =
            [
                "reproduce",
                "inception",
                "--width",
                "0.05",
                "--steps",
                "3",
                "--test-count",
                "40",
                "--classes",
                "5",
                "--only",
                "Inception",
                "BN-x5",
                "--json",
                "--out",
                folder,
            ];
            Outcome result = Shell.Run(arguments);
            Assert.Equal(0, result.Code);
            using JsonDocument json = JsonDocument.Parse(result.Out);
            JsonElement[] networks = [.. json.RootElement.GetProperty("networks").EnumerateArray()];
            Assert.Equal(["Inception", "BN-x5"], networks.Select(n => n.GetProperty("network").GetString()));
            Assert.Equal([0.4, 0], networks.Select(n => Math.Round(n.GetProperty("dropout").GetDouble(), 6)));
            Assert.All(networks, n => Assert.Equal(2, n.GetProperty("accuracy").GetArrayLength()));
            Assert.All(
                networks,
                n => Assert.True(n.GetProperty("bestTopFive").GetDouble() >= n.GetProperty("bestAccuracy").GetDouble())
            );
            foreach (string file in (string[])["report.html", "report.json", "figure2.svg", "result.json"])
                Assert.True(new FileInfo(Path.Combine(folder, file)).Length > 100, file);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_ensemble_prints_figure_4_and_keeps_its_networks()
    {
        using var work = new Workspace();
        string[] scale = ["--width", "0.05", "--steps", "2", "--test-count", "30", "--classes", "5"];
        string[] ensemble = ["--ensemble", "6", "--ensemble-test-count", "3", "--only", "BN-x5"];
        Outcome result = Shell.Run([
            "reproduce",
            "inception",
            .. scale,
            .. ensemble,
            "--json",
            "--out",
            work.File("run"),
        ]);
        Assert.Equal(0, result.Code);
        using JsonDocument json = JsonDocument.Parse(result.Out);
        JsonElement[] lines = [.. json.RootElement.GetProperty("ensemble").GetProperty("lines").EnumerateArray()];
        Assert.Equal([1, 1, 1, 1, 1, 1, 144, 144], lines.Select(l => l.GetProperty("views").GetInt32()));
        Assert.Equal(6, lines[^1].GetProperty("models").GetInt32());
        // Three images: an error is a number of thirds.
        Assert.All(lines, l => Assert.Equal(0, l.GetProperty("topOneError").GetDouble() * 3 % 1, 9));
        JsonElement[] networks = [.. json.RootElement.GetProperty("ensembleNetworks").EnumerateArray()];
        Assert.Equal(
            [0, 0.05, 0.1, 0, 0.05, 0.1],
            networks.Select(n => Math.Round(n.GetProperty("dropout").GetDouble(), 6))
        );
        foreach (JsonElement network in networks)
        {
            using Model model = ModelFile.Load(network.GetProperty("model").GetString()!);
            bool perActivation = model.Graph.Nodes.Any(n => n.Layer is BatchNorm { PerActivation: true });
            Assert.Equal(
                network.GetProperty("network").GetString()!.Contains("per activation", StringComparison.Ordinal),
                perActivation
            );
        }
    }

    [Theory]
    [InlineData("--ensemble", "7", "--ensemble: it must be a whole number, 0 to 6, not '7'")]
    [InlineData("--size", "16", "--size: it must be a whole number, 32 to 1024, not '16'")]
    [InlineData("--only", "BN-x6", "'BN-x6' is not one of Inception, BN-Baseline")]
    [InlineData("--steps", "0", "--steps: it must be a whole number, 1 to ")]
    public void Wrong_options_are_told(string option, string value, string message)
    {
        Outcome result = Shell.Run(["reproduce", "inception", option, value]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }
}
