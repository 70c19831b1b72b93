using Evenkeel.Data.Images;
using Evenkeel.Data.Synthetic;

namespace Evenkeel.Data.Tests.Synthetic;

public sealed class ShapesAndTexturesTests
{
    private static readonly ShapesAndTexturesOptions Defaults = new();

    private static MemoryImages Draw(int count, ulong stream, int threads, ShapesAndTexturesOptions? options = null) =>
        ShapesAndTextures.Generate("shapes", count, options ?? Defaults, stream, threads, CancellationToken.None);

    private static byte[] Bytes(MemoryImages images, int count) =>
        [.. Enumerable.Range(0, count).SelectMany(i => images.Pixels(i).ToArray())];

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void The_number_of_threads_does_not_matter(int threads) =>
        Assert.Equal(Bytes(Draw(300, 3, 1), 300), Bytes(Draw(300, 3, threads), 300));

    [Fact]
    public void More_images_begin_with_the_same() =>
        Assert.Equal(Bytes(ShapesAndTextures.GenerateTrain(50), 50), Bytes(ShapesAndTextures.GenerateTrain(130), 50));

    [Fact]
    public void Training_and_test_images_and_seeds_differ()
    {
        byte[] train = Bytes(ShapesAndTextures.GenerateTrain(3), 3);
        Assert.NotEqual(train, Bytes(ShapesAndTextures.GenerateTest(3), 3));
        Assert.NotEqual(train, Bytes(ShapesAndTextures.GenerateTrain(3, new() { Seed = 2 }), 3));
    }

    [Fact]
    public void The_first_image_is_what_it_always_was()
    {
        // What a seed gives is a promise; a change of these bytes is a change of the data set.
        MemoryImages images = ShapesAndTextures.GenerateTrain(20);
        ulong hash = Bytes(images, 20).Aggregate(14695981039346656037UL, (h, b) => (h ^ b) * 1099511628211UL);
        Assert.Equal(8587611693148880109UL, hash);
    }

    [Theory]
    [InlineData(16, 2)]
    [InlineData(64, 10)]
    [InlineData(128, 20)]
    public void Every_class_occurs_at_every_size(int side, int classes)
    {
        MemoryImages images = ShapesAndTextures.GenerateTrain(300, new() { Side = side, Classes = classes });
        Assert.Equal((side, side, classes), (images.Height, images.Width, images.Classes));
        Assert.Equal(classes, images.ClassNames.Distinct().Count());
        Assert.Equal(classes, Enumerable.Range(0, 300).Select(images.Label).Distinct().Count());
    }

    [Fact]
    public void Pixels_by_themselves_say_next_to_nothing_of_the_class()
    {
        // The nearest class mean, a linear rule: chance is 10 %.
        MemoryImages train = ShapesAndTextures.GenerateTrain(4_000);
        MemoryImages test = ShapesAndTextures.GenerateTest(1_000);
        double[][] means = [.. Enumerable.Range(0, 10).Select(c => Mean(train, c))];
        int right = Enumerable.Range(0, test.Count).Count(i => Nearest(means, test.Pixels(i)) == test.Label(i));
        Assert.InRange(right, 50, 250);
    }

    private static double[] Mean(MemoryImages images, int label)
    {
        double[] mean = new double[images.Pixels(0).Length];
        int[] members = [.. Enumerable.Range(0, images.Count).Where(i => images.Label(i) == label)];
        foreach (int member in members)
        {
            ReadOnlySpan<byte> pixels = images.Pixels(member);
            for (int i = 0; i < mean.Length; i++)
                mean[i] += (double)pixels[i] / members.Length;
        }

        return mean;
    }

    private static int Nearest(double[][] means, ReadOnlySpan<byte> pixels)
    {
        double[] distances = new double[means.Length];
        for (int c = 0; c < means.Length; c++)
        {
            for (int i = 0; i < pixels.Length; i++)
                distances[c] += (pixels[i] - means[c][i]) * (pixels[i] - means[c][i]);
        }

        return Array.IndexOf(distances, distances.Min());
    }

    [Fact]
    public void Refuses_what_cannot_be_drawn()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShapesAndTexturesOptions { Side = 15 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShapesAndTexturesOptions { Side = 129 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShapesAndTexturesOptions { Classes = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShapesAndTexturesOptions { Classes = 21 });
        Assert.Throws<ArgumentOutOfRangeException>(() => ShapesAndTextures.GenerateTrain(-1));
    }
}
