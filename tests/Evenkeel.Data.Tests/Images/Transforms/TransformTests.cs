using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Tests.Images.Transforms;

public sealed class TransformTests
{
    // Sums of at most a few hundred floats of 0 to 1.
    private const float Tolerance = 2e-6f;

    public static TheoryData<Interpolation, double, double, int, int> Windows()
    {
        var windows = new TheoryData<Interpolation, double, double, int, int>();
        foreach (Interpolation rule in Enum.GetValues<Interpolation>())
        {
            windows.Add(rule, 0, 10, 10, 10);
            windows.Add(rule, 0, 10, 7, 10);
            windows.Add(rule, 0, 10, 23, 10);
            windows.Add(rule, 2.3, 5.1, 9, 10);
            windows.Add(rule, 0, 100, 3, 100);
            windows.Add(rule, 0, 1, 5, 1);
            windows.Add(rule, 0, 3, 5, 3);
            windows.Add(rule, 99, 1, 1, 100);
        }

        return windows;
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Weights_sum_to_one_and_stay_inside(
        Interpolation rule,
        double start,
        double length,
        int output,
        int limit
    )
    {
        var taps = new Taps();
        taps.Build(start, length, output, limit, rule);
        for (int i = 0; i < output; i++)
        {
            Assert.InRange(taps.First[i], 0, limit - taps.PerPixel);
            Assert.Equal(1, taps.Weights(i).ToArray().Sum(), Tolerance);
        }
    }

    [Theory]
    [InlineData(Interpolation.Nearest)]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    [InlineData(Interpolation.Area)]
    public void The_same_size_is_the_same_image(Interpolation rule)
    {
        foreach (int side in new[] { 1, 2, 5, 16, 33 })
        {
            ImageBuffer image = RandomImages.Buffer(side, side);
            float[] output = new float[side * side * 3];
            new Resampler().Run(image, new SourceWindow(0, 0, side, side), side, side, rule, output);
            for (int i = 0; i < output.Length; i++)
                Assert.Equal(image.Pixels[i] / 255f, output[i], Tolerance);
        }
    }

    [Theory]
    [InlineData(8, 6, 4, 3)]
    [InlineData(35, 21, 5, 7)]
    [InlineData(48, 66, 1, 2)]
    public void Area_is_the_mean_of_the_pixels(int height, int width, int outHeight, int outWidth)
    {
        ImageBuffer image = RandomImages.Buffer(height, width);
        float[] output = new float[outHeight * outWidth * 3];
        var window = new SourceWindow(0, 0, height, width);
        new Resampler().Run(image, window, outHeight, outWidth, Interpolation.Area, output);
        (int tall, int wide) = (height / outHeight, width / outWidth);
        for (int i = 0; i < output.Length; i++)
        {
            (int y, int x, int c) = (i / 3 / outWidth, i / 3 % outWidth, i % 3);
            double sum = 0;
            for (int dy = 0; dy < tall; dy++)
            {
                for (int dx = 0; dx < wide; dx++)
                    sum += image.Row((y * tall) + dy)[(((x * wide) + dx) * 3) + c];
            }

            Assert.Equal(sum / (tall * wide * 255), output[i], Tolerance);
        }
    }

    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    public void Ramps_stay_ramps(Interpolation rule)
    {
        var image = new ImageBuffer();
        image.Resize(20, 20);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)((5 * (i / 60)) + (7 * (i / 3 % 20)));
        float[] output = new float[13 * 11 * 3];
        new Resampler().Run(image, new SourceWindow(4.2, 3.7, 9.5, 8.1), 13, 11, rule, output);
        for (int y = 0; y < 13; y++)
        {
            for (int x = 0; x < 11; x++)
            {
                double row = 4.2 + ((y + 0.5) * 9.5 / 13) - 0.5;
                double column = 3.7 + ((x + 0.5) * 8.1 / 11) - 0.5;
                Assert.Equal(((5 * row) + (7 * column)) / 255, output[((y * 11) + x) * 3], Tolerance);
            }
        }
    }

    [Fact]
    public void Pad_and_crop_moves_pixels_and_fills_with_the_mean()
    {
        var crop = new PadAndCrop { Side = 8, Padding = 3 };
        var work = new ImageWorkspace();
        MemoryImages images = RandomImages.Of(1, 8, 8);
        images.Read(0, work.Image);
        float[] output = new float[8 * 8 * 3];
        var seen = new HashSet<(int Top, int Left)>();
        for (ulong seed = 0; seed < 600; seed++)
        {
            var random = SeededRandom.For(seed, 0, 0);
            crop.Cut(work, ref random, new Rgb(0.1, 0.2, 0.3), output);
            seen.Add(Offset(work.Image, output));
        }

        Assert.Equal(49, seen.Count);
    }

    // Where the crop starts, found by trying all places; the border must be the padding.
    private static (int Top, int Left) Offset(ImageBuffer image, float[] output)
    {
        for (int top = -3; top <= 3; top++)
        {
            for (int left = -3; left <= 3; left++)
            {
                if (Fits(image, output, top, left))
                    return (top, left);
            }
        }

        throw new InvalidOperationException("The crop is no part of the padded image.");
    }

    private static bool Fits(ImageBuffer image, float[] output, int top, int left)
    {
        ReadOnlySpan<float> padding = [0.1f, 0.2f, 0.3f];
        for (int i = 0; i < output.Length; i++)
        {
            (int y, int x, int c) = (top + (i / 24), left + (i / 3 % 8), i % 3);
            bool inside = y is >= 0 and < 8 && x is >= 0 and < 8;
            float expected = inside ? image.Row(y)[(x * 3) + c] / 255f : padding[c];
            if (MathF.Abs(expected - output[i]) > Tolerance)
                return false;
        }

        return true;
    }

    [Fact]
    public void Mirroring_twice_gives_the_image_back()
    {
        foreach (int side in new[] { 1, 2, 5, 8 })
        {
            float[] image = [.. Enumerable.Range(0, side * side * 3).Select(i => (float)i)];
            float[] mirrored = [.. image];
            RandomMirror.Mirror(side, mirrored);
            for (int i = 0; i < image.Length; i++)
            {
                (int y, int x, int c) = (i / 3 / side, i / 3 % side, i % 3);
                Assert.Equal(image[(((y * side) + side - 1 - x) * 3) + c], mirrored[i]);
            }

            RandomMirror.Mirror(side, mirrored);
            Assert.Equal(image, mirrored);
        }
    }

    [Fact]
    public void Random_crops_keep_to_their_areas_and_aspects()
    {
        // A ramp along each axis: how far it climbs within the crop tells the crop's sides.
        var work = new ImageWorkspace();
        work.Image.Resize(120, 200);
        for (int i = 0; i < work.Image.Pixels.Length; i++)
            work.Image.Pixels[i] = (byte)(i % 3 == 0 ? i / 600 : i / 3 % 200);
        var crop = new RandomResizedCrop { Side = 8, Interpolation = Interpolation.Bilinear };
        float[] output = new float[8 * 8 * 3];
        (double least, double most) = (1, 0);
        for (ulong seed = 0; seed < 400; seed++)
        {
            var random = SeededRandom.For(seed, 1, 2);
            crop.Cut(work, ref random, default, output);
            double height = (output[7 * 8 * 3] - output[0]) * 255 * 8 / 7;
            double width = (output[(7 * 3) + 1] - output[1]) * 255 * 8 / 7;
            double area = height * width / (120 * 200);
            (least, most) = (Math.Min(least, area), Math.Max(most, area));
            Assert.InRange(height / width, 0.72, 1.39);
        }

        Assert.InRange(least, 0.075, 0.11);
        Assert.InRange(most, 0.6, 1.01);
    }
}
