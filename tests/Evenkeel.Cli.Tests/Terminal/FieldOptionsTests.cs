using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Terminal;

/// <summary>Fields that the library's messages name, and the options of a verb that set them.</summary>
public sealed class FieldOptionsTests
{
    [Theory]
    [InlineData("eval", "data.source: x is no folder.", "data.source: x is no folder. data.source is --data here.")]
    [InlineData("run", "data.source: x is no folder.", "data.source: x is no folder. data.source is --input here.")]
    [InlineData("eval", "data.scaling", "data.scaling. data.scaling is --mean, --deviation, --scale here.")]
    [InlineData("train", "data.scaling: no.", "data.scaling: no.")]
    [InlineData("plan", "data.source: x is no folder.", "data.source: x is no folder.")]
    [InlineData("eval", "steps: too many", "steps: too many")]
    public void Options_that_a_verb_has_are_told(string verb, string message, string told) =>
        Assert.Equal(told, FieldOptions.Told(message, Tool.Root.Subcommands.Single(c => c.Name == verb)));

    [Fact]
    public void A_folder_that_is_not_there_is_told_with_its_option()
    {
        using var work = new Workspace();
        string config = work.Write(
            "images.json",
            """{"network": {"name": "vgg", "stages": [4]}, "data": {"type": "images", "source": "photos", "size": 32, "classes": 3}}"""
        );
        string line = Shell.Run("train", config, "--out", work.File("run")).Expect(2).ErrorLine;
        Assert.Contains("photos does not exist; name a folder of images", line, StringComparison.Ordinal);
        Assert.EndsWith("data.source is --data here.", line, StringComparison.Ordinal);
    }
}
