using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Tests.Images.Transforms;

/// <summary>Results that are no squares, and grey ones.</summary>
public sealed class RectangleTests
{
    // Sums of a few dozen floats of 0 to 1.
    private const float Tolerance = 2e-6f;

    [Theory]
    [InlineData(8, 6, 8, 6)]
    [InlineData(8, 6, 8, 18)]
    [InlineData(8, 6, 24, 6)]
    [InlineData(5, 9, 7, 9)]
    public void Of_an_image_as_high_or_as_wide_the_middle_is_taken_as_it_is(
        int height,
        int width,
        int imageHeight,
        int imageWidth
    )
    {
        var work = new ImageWorkspace();
        RandomImages.Of(1, imageHeight, imageWidth).Read(0, work.Image);
        float[] output = Apply(new ResizeAndCenterCrop { Side = height, RectangleWidth = width }, work);
        (int top, int left) = ((imageHeight - height) / 2, (imageWidth - width) / 2);
        for (int y = 0; y < height; y++)
        {
            for (int i = 0; i < 3 * width; i++)
                Assert.Equal(work.Image.Row(top + y)[(3 * left) + i] / 255f, output[(3 * y * width) + i], Tolerance);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void A_rectangle_of_equal_sides_is_the_square(int shorter)
    {
        var work = new ImageWorkspace();
        RandomImages.Of(1, 17, 23).Read(0, work.Image);
        var square = new ResizeAndCenterCrop { Side = 9, ShorterSide = shorter };
        Assert.Equal(Apply(square, work), Apply(square with { RectangleWidth = 9 }, work));
        Assert.Equal(square.SourceSide, (square with { RectangleWidth = 9 }).SourceSide);
    }

    [Fact]
    public void Grey_is_the_luma_of_scaled_colours()
    {
        var work = new ImageWorkspace();
        RandomImages.Of(1, 8, 6).Read(0, work.Image);
        var colored = new ImageTransform
        {
            Crop = new ResizeAndCenterCrop { Side = 8, RectangleWidth = 6 },
            Scaling = new ChannelScaling(new Rgb(0.4, 0.5, 0.6), new Rgb(0.2, 0.3, 0.4)),
        };
        ImageTransform grey = colored with { Channels = 1 };
        Assert.Equal(8 * 6, grey.Length);
        (float[] colors, float[] greys) = (Apply(colored, work), Apply(grey, work));
        for (int i = 0; i < greys.Length; i++)
        {
            double luma = (0.299 * colors[3 * i]) + (0.587 * colors[(3 * i) + 1]) + (0.114 * colors[(3 * i) + 2]);
            Assert.Equal(luma, greys[i], 1e-6);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => colored with { Channels = 2 });
    }

    [Fact]
    public void A_dataset_of_them_has_their_shape()
    {
        var transform = new ImageTransform
        {
            Crop = new ResizeAndCenterCrop { Side = 4, RectangleWidth = 10 },
            Channels = 1,
        };
        Assert.Equal([4, 10, 1], new ImageDataset(RandomImages.Of(2, 8, 6), transform).Shape);
    }

    private static float[] Apply(ImageCrop crop, ImageWorkspace work) =>
        Apply(new ImageTransform { Crop = crop }, work);

    private static float[] Apply(ImageTransform transform, ImageWorkspace work)
    {
        float[] output = new float[transform.Length];
        var random = SeededRandom.For(1, 2, 3);
        transform.Apply(work, ref random, output);
        return output;
    }
}
