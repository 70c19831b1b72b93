using System.Diagnostics;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests;

public sealed class ToolTests
{
    [Theory]
    [InlineData("train")]
    [InlineData("eval")]
    [InlineData("report")]
    [InlineData("plan")]
    [InlineData("reproduce")]
    [InlineData("bench")]
    [InlineData("selfcheck")]
    public void Each_verb_has_help(string verb)
    {
        Outcome outcome = Shell.Run(verb, "--help").Expect(0);
        Assert.Contains($"evenkeel {verb}", outcome.Out, StringComparison.Ordinal);
        Assert.Empty(outcome.Error);
        Assert.Contains(verb, Shell.Run("--help").Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void As_a_process_data_and_errors_go_to_their_streams()
    {
        using Process help = Shell.Start("plan", "mnist", "--json");
        Outcome good = Shell.Finish(help).Expect(0);
        Assert.Equal("Training", good.Json.GetProperty("mode").GetString());
        Assert.Empty(good.ErrorLines);

        using Process wrong = Shell.Start("train", "no-such.json");
        Outcome bad = Shell.Finish(wrong).Expect(2);
        Assert.Empty(bad.Out);
        Assert.Equal("evenkeel: no-such.json: the configuration file does not exist.", bad.ErrorLine);
    }
}
