using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Images;

public sealed class ImageSavingTests
{
    [Fact]
    public void Saved_images_are_read_back_pixel_by_pixel()
    {
        using var folder = new TempFolder();
        MemoryImages images = RandomImages.Of(11, 5, 7);
        images.SavePng(folder.Root);
        EncodedImages read = ImageFolder.Open(folder.Root);
        Assert.Equal(images.ClassNames, read.ClassNames);
        // A folder's images come class by class, and in the order of the source within each.
        int[] order = [.. Enumerable.Range(0, images.Count).OrderBy(images.Label)];
        var buffer = new ImageBuffer();
        for (int i = 0; i < order.Length; i++)
        {
            read.Read(i, buffer);
            Assert.Equal((5, 7, images.Label(order[i])), (buffer.Height, buffer.Width, read.Label(i)));
            Assert.Equal(images.Pixels(order[i]), buffer.Pixels);
        }
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    public void A_class_that_cannot_be_a_folder_is_named(string name)
    {
        using var folder = new TempFolder();
        var images = new MemoryImages("two", new byte[6], [0, 1], 1, 1, ["good", name]);
        void SavePng() => images.SavePng(folder.Root);
        string message = Assert.Throws<ArgumentException>(SavePng).Message;
        Assert.Contains($"'{name}'", message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void A_single_file_and_its_bytes_are_what_the_data_set_gives()
    {
        using var folder = new TempFolder();
        RandomImages.Of(4, 9, 12, classes: 2).SavePng(folder.Root);
        ImageDataset data = ImageFolder.Open(folder.Root).ToDataset(6);
        string file = data.Source.Describe(3);
        Assert.Equal(data.Inputs(3), data.Transform.Read(file));
        Assert.Equal(data.Inputs(3), data.Transform.Read(File.ReadAllBytes(file)));
        Assert.All(data.Inputs(3), value => Assert.InRange(value, 0, 1));
    }

    [Fact]
    public void Bytes_that_are_no_image_are_named()
    {
        ImageTransform transform = RandomImages.Of(1, 9, 12).ToDataset(6).Transform;
        Assert.StartsWith(
            "upload: ",
            Assert.Throws<DataFormatException>(() => transform.Read([1, 2, 3], "upload")).Message,
            StringComparison.Ordinal
        );
    }
}
