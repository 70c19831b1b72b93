using System.Text;
using System.Text.Json;
using Evenkeel.Cli.Commands;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Configuration;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Networks;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Tests.Configuration;

/// <summary>The files in configs/ are what the code says.</summary>
public sealed class RecipeFilesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "configs");

    [Theory]
    [InlineData("inception", "Inception")]
    [InlineData("bn-baseline", "BN-Baseline")]
    [InlineData("bn-x5", "BN-x5")]
    [InlineData("bn-x30", "BN-x30")]
    [InlineData("bn-x5-sigmoid", "BN-x5-Sigmoid")]
    public void The_networks_of_section_4_2_are_those_of_the_recipes(string file, string name)
    {
        InceptionRecipe recipe = InceptionRecipe.All.First(r => r.Name == name);
        RunConfig config = Read($"{file}.json");
        // The paper's scale: 1000 classes, 31.0 million steps of the baseline, its learning rate.
        var scale = new InceptionExperimentOptions(224, 1, 31_000_000, 0.0015, 1, config.Training.Threads, 1);
        Same(recipe, config, scale);
    }

    [Fact]
    public void At_another_scale_they_are_those_of_the_recipes_too()
    {
        string[] changes =
        [
            "data.size=32",
            "data.classes=10",
            "network.width=0.25",
            "steps=600",
            "learningRate.rate=0.05",
            "learningRate.everySteps=600",
        ];
        RunConfig config = Read("bn-x5.json", changes);
        var scale = new InceptionExperimentOptions(32, 0.25, 600, 0.01, 1, config.Training.Threads, 1);
        Same(InceptionRecipe.All.First(r => r.Name == "BN-x5"), config, scale);
    }

    [Fact]
    public void ResNet_20_rises_once_and_falls_to_nothing_at_the_end_of_its_epochs()
    {
        RunConfig config = Read("resnet20-cifar10.json");
        Assert.Equal(Text(CifarResNet.Create()), Text(config.Network));
        long steps = config.TotalSteps(50_000);
        double[] rates = [.. Enumerable.Range(0, (int)steps + 1).Select(s => config.Training.LearningRate.At(s))];
        int top = Array.IndexOf(rates, rates.Max());
        Assert.InRange(top, steps / 10, steps / 3);
        // The rise ends at the rate that the fall begins with.
        Assert.Equal(rates[top], rates[top + 1]);
        Assert.All(Enumerable.Range(1, top), s => Assert.True(rates[s] > rates[s - 1]));
        Assert.All(Enumerable.Range(top + 2, (int)steps - top - 1), s => Assert.True(rates[s] < rates[s - 1]));
        Assert.Equal(0, rates[^1]);
    }

    [Fact]
    public void Every_file_is_explained_and_can_be_planned()
    {
        string page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        foreach (string file in Directory.GetFiles(Folder, "*.json"))
        {
            Assert.Contains($"`{Path.GetFileName(file)}`", page, StringComparison.Ordinal);
            Shell.Run("plan", file, "--batch", "2").Expect(0);
        }
    }

    private static void Same(InceptionRecipe recipe, RunConfig config, InceptionExperimentOptions scale)
    {
        var data = (ImageDataConfig)config.Data;
        Assert.Equal(Text(recipe.Network(scale, data.Classes!.Value)), Text(config.Network));
        // Readers do not change what is computed.
        TrainingOptions expected = recipe.Training(scale) with
        {
            Workers = config.Training.Workers,
        };
        Assert.Equal(expected, config.Training);
        Assert.Equal(scale.Steps, config.Steps);
        Assert.Equal(scale.Size, data.Size);
        ImageTransform transform = data.Augment.Transform(data.Frame, ChannelScaling.Unit);
        var crop = Assert.IsType<RandomResizedCrop>(transform.Crop);
        Assert.Equal(scale.MinCropArea, crop.MinArea);
        Assert.Equal(new RandomMirror(), transform.Mirror);
        Assert.Equal(new PhotometricDistortion(recipe.Distortion), transform.Distortion);
    }

    private static RunConfig Read(string file, params string[] changes)
    {
        ConfigText text = ConfigText.Load(Path.Combine(Folder, file));
        foreach (string change in changes)
            Overrides.Set(text, change);
        return RunConfigReader.Read(text);
    }

    private static string Text(Graph graph)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            GraphJson.Write(writer, graph);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
