using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Whatever is wrong with images or with what is said of them is one line with the remedy; nothing is left behind.</summary>
public sealed class BadImagesTests
{
    [Theory]
    [InlineData("data.source=nowhere", "nowhere does not exist; name a folder of images")]
    [InlineData("data.source=digits", "data.source: 'digits' are grey pixels")]
    [InlineData("data.type=vectors", "data.type: 'vectors' is not one of pixels, images")]
    [InlineData("data={\"source\":\"shapes\"}", "data.source: 'shapes' are colour images; add \"type\": \"images\"")]
    [InlineData("data={\"size\":16}", "data.size: this field is for \"type\": \"images\"")]
    [InlineData("data.encoding=unit", "data.encoding: this field is for \"type\": \"pixels\"")]
    [InlineData(
        "data.sauce=1",
        "data.sauce: unknown field; known here: augment, classes, decoder, maxPixels, mixSeed, scaling, size, source"
    )]
    [InlineData("data.augment.flip=true", "data.augment.flip: unknown field; known here: crop, distortion")]
    [InlineData("data.augment.crop=random", "data.augment.crop: 'random' is not one of center, pad, inception")]
    [InlineData("data.augment.leastArea=0.5", "data.augment.leastArea: this field is for \"crop\": \"inception\"")]
    [InlineData("data.augment={\"pad\":4}", "data.augment.pad: this field is for \"crop\": \"pad\"")]
    [InlineData("data.augment.distortion=3", "data.augment.distortion: it must be 0 to 2")]
    [InlineData(
        "data.scaling={\"mean\":[0,0],\"deviation\":[1,1,1]}",
        "data.scaling.mean: expected one number or three, [red, green, blue]"
    )]
    [InlineData("data.scaling={\"mean\":[0,0,0],\"deviation\":[1,0,1]}", "data.scaling.deviation: the numbers must be")]
    [InlineData("data.classes=21", "data.classes: 21 is outside 2 to 20")]
    [InlineData("data.validation=96", "data.validation: 96 of 96 training examples cannot be held out")]
    [InlineData("workers=65", "workers: 65 is outside 1 to 64")]
    [InlineData("network.depth=21", "network.depth: it must be 6n + 2")]
    [InlineData("network.batchNorm=false", "network.batchNorm: 'resnet' always has batch normalisation")]
    [InlineData("network.classes=3", "has 6 classes, but the network's output 'fc' has 3")]
    [InlineData("network.stem=small", "network.stem: unknown field; known here: batchNorm, classes, depth")]
    [InlineData(
        "network={\"name\":\"mnist\"}",
        "has 768 values per example (16x16x3), but the network's input is [784]"
    )]
    [InlineData("network={\"name\":\"vgg\",\"stages\":[[4,0]]}", "network.stages: 0 is outside 1 to 4096")]
    [InlineData("network={\"name\":\"vgg\",\"stages\":[[4],[4],[4],[4],[4]]}", "are too many for images of 16")]
    [InlineData("network={\"name\":\"bn-inception\"}", "network.name: images must be 32 or more")]
    [InlineData("data={}", "network.name: 'resnet' is a network for images")]
    public void Is_told_with_the_field_and_the_remedy(string change, string message)
    {
        using var work = new Workspace();
        Outcome outcome = Train(work, "--set", change).Expect(2);
        Assert.Contains(message, outcome.ErrorLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(work.File("run")));
    }

    [Fact]
    public void Images_given_to_a_configuration_for_pixels_are_told()
    {
        using var work = new Workspace();
        string folder = ImageFiles.Create(work.File("data"), 2, "cat", "dog");
        Outcome outcome = Shell.Run("train", work.Config, "--out", work.File("run"), "--data", folder).Expect(2);
        Assert.Contains("set data.type to \"images\"", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_one_class_is_told()
    {
        using var work = new Workspace();
        string folder = ImageFiles.Create(work.File("data"), 20, "cat");
        Outcome outcome = OnFolder(work, folder).Expect(1);
        Assert.Contains("found only the class cat", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void More_classes_than_there_are_are_told()
    {
        using var work = new Workspace();
        string folder = ImageFiles.Create(work.File("data"), 10, "cat", "dog");
        Outcome outcome = OnFolder(work, folder, "data.classes=3").Expect(2);
        Assert.Contains("data.classes: 3 classes were asked for", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_smaller_than_the_crop_is_named()
    {
        using var work = new Workspace();
        string folder = ImageFiles.Create(work.File("data"), 10, "cat", "dog");
        Outcome outcome = OnFolder(work, folder, "data.size=20", "data.classes=2").Expect(2);
        Assert.Contains(
            ".jpg has 24 x 16 pixels, fewer than the crop of 20",
            outcome.ErrorLine,
            StringComparison.Ordinal
        );
        Assert.Contains("use a smaller size", outcome.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_mostly_other_files_is_refused()
    {
        using var work = new Workspace();
        string folder = ImageFiles.Create(work.File("data"), 3, "cat", "dog");
        ImageFiles.Write(folder, "train/cat/empty.jpg", []);
        Outcome outcome = OnFolder(work, folder).Expect(1);
        Assert.Contains("1 of 7 files cannot be read as images", outcome.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("empty.jpg", outcome.ErrorLine, StringComparison.Ordinal);
    }

    private static Outcome OnFolder(Workspace work, string folder, params string[] sets) =>
        Train(work, ["--data", folder, "--set", "data.trainCount=null", "data.testCount=null", .. sets]);

    private static Outcome Train(Workspace work, params string[] options) =>
        Shell.Run(["train", work.Write("images.json", ImageFiles.Small), "--out", work.File("run"), .. options]);
}
