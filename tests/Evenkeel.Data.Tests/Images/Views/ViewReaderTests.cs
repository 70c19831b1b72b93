using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Images.Views;
using Evenkeel.Testing;

namespace Evenkeel.Data.Tests.Images.Views;

public sealed class ViewReaderTests
{
    private static float[] Read(IImageSource source, MultiCrop views, int index = 0)
    {
        var reader = new ViewReader(source, views, ChannelScaling.Unit);
        float[] output = new float[views.Count * reader.ViewLength];
        reader.Read(index, output);
        return output;
    }

    [Fact]
    public void There_are_as_many_views_as_their_names_say()
    {
        Assert.Equal((1, 10, 144), (MultiCrop.Single(7).Count, MultiCrop.Ten(7).Count, MultiCrop.All144(7).Count));
        Assert.Equal((256, 352), (MultiCrop.Ten(224).SourceSide, MultiCrop.All144(224).SourceSide));
    }

    [Fact]
    public void The_single_view_is_the_crop_of_evaluation()
    {
        MemoryImages images = RandomImages.Of(3, 40, 56);
        var crop = new ResizeAndCenterCrop { Side = 28, ShorterSide = 32 };
        var data = new ImageDataset(images, new ImageTransform { Crop = crop });
        float[] expected = new float[data.InputLength];
        data.Read([2], expected, new int[1]);
        Assert.Equal(expected, Read(images, MultiCrop.Single(28), 2));
    }

    [Fact]
    public void Every_second_view_is_the_mirror_of_the_one_before()
    {
        const int Side = 14;
        float[] views = Read(RandomImages.Of(1, 33, 20), MultiCrop.All144(Side));
        int length = Side * Side * 3;
        for (int view = 0; view < 144; view += 2)
        {
            float[] mirrored = views[((view + 1) * length)..((view + 2) * length)];
            RandomMirror.Mirror(Side, mirrored);
            Assert.Equal(views[(view * length)..((view + 1) * length)], mirrored);
        }
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(16, 24)]
    [InlineData(24, 16)]
    public void Ten_views_are_the_corners_and_the_middle(int height, int width)
    {
        // At a scale of 2 with a shorter side of 16 the views are cut without resizing.
        MemoryImages images = RandomImages.Of(1, height, width);
        float[] views = Read(images, MultiCrop.Ten(8, scale: 2));
        (int Top, int Left)[] places =
        [
            (0, 0),
            (0, width - 8),
            (height - 8, 0),
            (height - 8, width - 8),
            ((height - 8) / 2, (width - 8) / 2),
        ];
        for (int i = 0; i < places.Length; i++)
        {
            for (int at = 0; at < 192; at++)
            {
                (int y, int x, int c) = (places[i].Top + (at / 24), places[i].Left + (at / 3 % 8), at % 3);
                Assert.Equal(images.Pixels(0)[(((y * width) + x) * 3) + c] / 255f, views[(2 * i * 192) + at], 1e-6f);
            }
        }
    }

    [Fact]
    public void The_whole_squares_tile_a_wide_image()
    {
        // Left, middle and right: in an image three times as wide as high, the thirds.
        MemoryImages images = RandomImages.Of(1, 12, 36);
        float[] views = Read(images, MultiCrop.All144(12));
        for (int square = 0; square < 3; square++)
        {
            int view = (square * 12) + 10;
            for (int at = 0; at < 432; at++)
            {
                (int y, int x, int c) = (at / 36, (12 * square) + (at / 3 % 12), at % 3);
                Assert.Equal(images.Pixels(0)[(((y * 36) + x) * 3) + c] / 255f, views[(view * 432) + at], 1e-6f);
            }
        }
    }

    [Fact]
    public void Views_allocate_nothing_and_refuse_what_does_not_fit()
    {
        MultiCrop views = MultiCrop.All144(8);
        var reader = new ViewReader(RandomImages.Of(2, 20, 30), views, ChannelScaling.Unit);
        float[] output = new float[views.Count * reader.ViewLength];
        Assert.Throws<InvalidOperationException>(() => reader.Write(0, new float[192]));
        reader.Read(0, output);
        Assert.Equal(0, Allocations.Least(() => reader.Read(1, output), calls: 1));
        Assert.Throws<ArgumentException>(() => reader.Read(0, new float[5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Write(144, new float[192]));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Load(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => MultiCrop.Ten(8, 0.5));
    }
}
