using Evenkeel.Data.Images;

namespace Evenkeel.Data.Tests.Images;

public sealed class ImageSourceExtensionsTests
{
    private static readonly MemoryImages Source = RandomImages.Of(10, 2, 2);

    private static byte[] Read(IImageSource source, int index)
    {
        var image = new ImageBuffer();
        source.Read(index, image);
        return image.Pixels.ToArray();
    }

    private static void Same(IImageSource part, params int[] indices)
    {
        Assert.Equal(indices.Length, part.Count);
        for (int i = 0; i < indices.Length; i++)
            Assert.Equal(Read(Source, indices[i]), Read(part, i));
        Assert.Throws<ArgumentOutOfRangeException>(() => part.Label(indices.Length));
    }

    [Fact]
    public void Classes_are_renumbered_in_the_order_given()
    {
        IImageSource part = Source.OfClasses(2, 0);
        Same(part, 0, 2, 3, 5, 6, 8, 9);
        Assert.Equal(["class 2", "class 0"], part.ClassNames);
        Assert.Equal([1, 0, 1, 0, 1, 0, 1], Enumerable.Range(0, 7).Select(part.Label));
        Assert.Equal("noise, image 2", part.Describe(1));
        Assert.Throws<ArgumentException>(() => Source.OfClasses(0, 0));
        Assert.Throws<ArgumentException>(() => Source.OfClasses(3));
        Assert.Throws<ArgumentException>(() => Source.OfClasses());
    }

    [Fact]
    public void A_shuffled_source_has_every_image_once_in_an_order_of_the_seed()
    {
        IImageSource shuffled = Source.Shuffled(3);
        string[] names = [.. Enumerable.Range(0, Source.Count).Select(shuffled.Describe)];
        Assert.Equal(Enumerable.Range(0, Source.Count).Select(Source.Describe).Order(), names.Order());
        Assert.Equal(names, Enumerable.Range(0, Source.Count).Select(Source.Shuffled(3).Describe));
        Assert.NotEqual(names, Enumerable.Range(0, Source.Count).Select(Source.Shuffled(4).Describe));
        int first = Enumerable.Range(0, Source.Count).Single(i => Source.Describe(i) == names[0]);
        Assert.Equal(Source.Label(first), shuffled.Label(0));
        Assert.Equal(Read(Source, first), Read(shuffled, 0));
    }

    [Fact]
    public void Takes_and_holds_out_by_class()
    {
        Same(Source.TakePerClass(1), 0, 1, 2);
        Same(Source.TakePerClass(4), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        ImageSplit split = Source.HoldOutPerClass(1);
        Same(split.Train, 0, 1, 2, 3, 4, 5, 6);
        Same(split.Test, 7, 8, 9);
        var e = Assert.Throws<ArgumentException>(() => Source.HoldOutPerClass(3));
        Assert.Contains("the class class 1 has 3 images", e.Message, StringComparison.Ordinal);
        Same(Source.Slice(4, 2), 4, 5);
        Assert.Throws<ArgumentOutOfRangeException>(() => Source.Slice(9, 2));
    }

    [Fact]
    public void Refuses_arrays_that_do_not_fit()
    {
        Assert.Throws<ArgumentException>(() => new MemoryImages("x", new byte[11], [0], 2, 2, ["a"]));
        Assert.Throws<ArgumentException>(() => new MemoryImages("x", new byte[12], [1], 2, 2, ["a"]));
        Assert.Throws<ArgumentException>(() => new MemoryImages("x", new byte[12], [0], 2, 2, ["a", "a"]));
    }
}
