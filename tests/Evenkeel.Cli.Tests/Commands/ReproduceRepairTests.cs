using System.Text.Json;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class ReproduceRepairTests
{
    [Fact]
    public void Every_damage_is_named_and_all_but_inversion_are_repaired()
    {
        using var work = new Workspace();
        string folder = work.File("repair");
        JsonElement json = Shell
            .Run(["reproduce", "repair", "--steps", "600", .. SmallDigits.Options, "--json", "--out", folder])
            .Expect(0)
            .Json;
        (string Name, string Cause, double Before, double After)[] damages =
        [
            .. json.GetProperty("damages")
                .EnumerateArray()
                .Select(d =>
                    (
                        d.GetProperty("damage").GetString()!,
                        d.GetProperty("cause").GetString()!,
                        d.GetProperty("accuracyBefore").GetDouble(),
                        d.GetProperty("accuracyAfter").GetDouble()
                    )
                ),
        ];
        Assert.Equal(
            [
                "None",
                "TinyBatches",
                "TooFewUpdates",
                "UpdateRate",
                "Poisoned",
                "Convention",
                "DomainShift",
                "DomainShift",
            ],
            damages.Select(d => d.Cause)
        );
        double healthy = damages[0].Before;
        Assert.InRange(healthy, 0.8, 1);
        // Measured statistics are not the averages of the last steps: a score of the 1,000 answers may move. Whatever was damaged is gone.
        double repaired = damages[0].After;
        Assert.InRange(repaired - healthy, -0.02, 0.02);
        Assert.All(damages[..^1], d => Assert.InRange(d.After - repaired, -0.005, 0.005));
        Assert.InRange(damages[^1].After, 0, 0.2);
        Assert.True(damages[6].Before < 0.5, "low contrast should hurt");
        Assert.Equal(10, json.GetProperty("byContrast").GetArrayLength());
        Assert.Equal(7, json.GetProperty("byBatch").GetArrayLength());
        foreach (string file in (string[])["report.html", "report.json", "contrast.svg", "batches.svg", "result.json"])
            Assert.True(new FileInfo(Path.Combine(folder, file)).Length > 100, file);
    }

    [Theory]
    [InlineData("--steps", "0", "--steps: it must be a whole number, 1 to 1000000000000, not '0'")]
    [InlineData("--threads", "0", "--threads: it must be a whole number, 1 to 1024, not '0'")]
    public void Wrong_options_are_told(string option, string value, string message) =>
        Assert.Contains(
            message,
            Shell.Run("reproduce", "repair", option, value).Expect(2).ErrorLine,
            StringComparison.Ordinal
        );
}
