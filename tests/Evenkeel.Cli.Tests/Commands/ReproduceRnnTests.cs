using System.Text.Json;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

public sealed class ReproduceRnnTests
{
    [Fact]
    public void Three_networks_learn_and_their_gradients_are_followed_through_time()
    {
        using var work = new Workspace();
        string folder = work.File("rnn");
        string[] how = ["--steps", "100", "--units", "30", "--learning-rate", "0.01", .. SmallDigits.Options];
        JsonElement json = Shell.Run(["reproduce", "rnn", .. how, "--json", "--out", folder]).Expect(0).Json;
        JsonElement[] networks = [.. json.GetProperty("networks").EnumerateArray()];
        Assert.Equal(
            ["LSTM", "BN-LSTM, gamma 0.1", "BN-LSTM, gamma 1"],
            networks.Select(n => n.GetProperty("network").GetString())
        );
        // Chance is 0.1; all of them read more after 100 steps at ten times the usual rate.
        Assert.All(networks, n => Assert.InRange(n.GetProperty("bestAccuracy").GetDouble(), 0.2, 1));
        Assert.All(networks, n => Assert.Equal(11, n.GetProperty("accuracy").GetArrayLength()));
        foreach (string field in (string[])["gradientsBefore", "gradientsAtTheEnd"])
            Assert.All(networks, n => Assert.Equal(28, n.GetProperty(field).GetArrayLength()));
        // The noise in the first state keeps gradients of a small gamma from exploding: without it they are a thousand times the last step's.
        double[] before = [.. networks[1].GetProperty("gradientsBefore").EnumerateArray().Select(v => v.GetDouble())];
        Assert.InRange(before[0] / before[^1], 0.01, 10);
        foreach (
            string file in (string[])
                ["report.html", "report.json", "rnn-a.svg", "rnn-b.svg", "rnn-c.svg", "result.json"]
        )
            Assert.True(new FileInfo(Path.Combine(folder, file)).Length > 100, file);
    }

    [Fact]
    public void Threads_change_no_bit_and_permuted_rows_are_another_task()
    {
        using var work = new Workspace();
        string alone = Curves(work, "1", "permuted-rows");
        Assert.Equal(alone, Curves(work, "2", "permuted-rows"));
        Assert.NotEqual(alone, Curves(work, "2", "rows"));
    }

    [Theory]
    [InlineData("--units", "0", "--units: it must be a whole number, 1 to 4096, not '0'")]
    [InlineData("--learning-rate", "-1", "--learning-rate: it must be")]
    [InlineData("--order", "columns", "'columns'")]
    public void Wrong_options_are_told(string option, string value, string message) =>
        Assert.Contains(
            message,
            Shell.Run("reproduce", "rnn", option, value).Expect(2).ErrorLine,
            StringComparison.Ordinal
        );

    private static string Curves(Workspace work, string threads, string order)
    {
        string folder = work.File($"{order}-{threads}");
        string[] how = ["--steps", "20", "--units", "8", "--threads", threads, "--order", order];
        how = [.. how, .. SmallDigits.Options];
        JsonElement json = Shell.Run(["reproduce", "rnn", .. how, "--json", "--out", folder]).Expect(0).Json;
        IEnumerable<JsonElement> networks = json.GetProperty("networks").EnumerateArray();
        return string.Join("\n", networks.Select(n => n.GetProperty("accuracy").GetRawText()));
    }
}
