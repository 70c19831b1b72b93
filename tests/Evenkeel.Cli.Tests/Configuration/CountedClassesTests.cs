using System.Formats.Tar;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Configuration;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Tests.Configuration;

/// <summary>A network by name has as many outputs as the data has classes, where nothing else is said.</summary>
public sealed class CountedClassesTests
{
    [Fact]
    public void Classes_of_a_folder_and_of_an_archive_are_counted()
    {
        using var work = new Workspace();
        string folder = ImageFiles.Create(work.File("animals"), 1, "cat", "dog", "eel"),
            archive = work.File("animals.tar");
        TarFile.CreateFromDirectory(folder, archive, includeBaseDirectory: true);
        Assert.Equal(3, Outputs(work, "animals"));
        Assert.Equal(3, Outputs(work, "animals.tar"));
        Assert.Equal(2, Outputs(work, "animals", """, "classes": 2"""));
        Assert.Equal(10, Outputs(work, "shapes"));
    }

    [Theory]
    [InlineData("test_batch.bin", 10)]
    [InlineData("train.bin", 100)]
    public void Classes_of_CIFAR_follow_from_its_files(string file, int classes)
    {
        using var work = new Workspace();
        Directory.CreateDirectory(work.File("cifar"));
        work.Write(Path.Combine("cifar", file), "");
        Assert.Equal(classes, Outputs(work, "cifar"));
    }

    [Fact]
    public void Data_that_is_not_there_leaves_the_number_to_be_given()
    {
        using var work = new Workspace();
        var error = Assert.Throws<ConfigurationException>(() => Outputs(work, "nowhere"));
        Assert.Contains(
            "network.classes: the field is missing; give the number",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private static int Outputs(Workspace work, string source, string more = "")
    {
        string json =
            $$"""{"data": {"type": "images", "source": "{{source}}", "size": 8{{more}} }, "network": {"name": "vgg", "stages": [2] } }""";
        return RunConfigReader.Read(ConfigText.Parse(json, "test", work.Path)).Network.Output.Shape.Channels;
    }
}
