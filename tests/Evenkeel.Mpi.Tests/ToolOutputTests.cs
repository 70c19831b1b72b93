using System.Text.Json;

namespace Evenkeel.Mpi.Tests;

/// <summary>What the tool writes under a launcher is what it writes alone: Open MPI gives each rank a terminal.</summary>
public sealed class ToolOutputTests
{
    [Theory]
    [InlineData("Open MPI")]
    [InlineData("MPICH")]
    public void Json_has_nothing_around_it(string family)
    {
        Outcome outcome = MpiLauncher.Run(
            MpiLauncher.Family(family).Launch((1, ToolRun.Command("plan", "mnist", "--json"))),
            []
        );
        Assert.True(outcome.Code == 0, outcome.ToString());
        Assert.Equal("Training", JsonDocument.Parse(outcome.Out).RootElement.GetProperty("mode").GetString());
    }
}
