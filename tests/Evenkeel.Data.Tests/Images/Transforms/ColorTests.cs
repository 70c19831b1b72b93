using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Tests.Images.Transforms;

public sealed class ColorTests
{
    [Fact]
    public void Scaling_measured_from_images_makes_their_mean_0_and_deviation_1()
    {
        MemoryImages images = RandomImages.Of(40, 9, 7);
        ChannelScaling scaling = ChannelScaling.Measure(images);
        double[] sums = new double[3];
        double[] squares = new double[3];
        for (int i = 0; i < images.Count; i++)
        {
            for (int at = 0; at < images.Pixels(i).Length; at++)
            {
                double value = images.Pixels(i)[at] / 255.0;
                sums[at % 3] += value;
                squares[at % 3] += value * value;
            }
        }

        double count = 40 * 63;
        Assert.Equal(sums[1] / count, scaling.Mean.Green, 1e-12);
        double variance = (squares[2] / count) - Math.Pow(sums[2] / count, 2);
        Assert.Equal(Math.Sqrt(variance), scaling.StandardDeviation.Blue, 1e-12);
    }

    [Fact]
    public void Constant_channels_are_refused()
    {
        var grey = new MemoryImages("grey", new byte[2 * 4 * 3], [0, 1], 2, 2, RandomImages.Names(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChannelScaling.Measure(grey));
    }

    [Fact]
    public void A_chain_of_colour_maps_is_what_its_steps_do_one_by_one()
    {
        var luma = new Rgb(0.3, 0.6, 0.1);
        ColorMap map = ColorMap.Identity;
        map.ThenScale(new Rgb(2, 2, 2), new Rgb(0.1, 0.2, 0.3));
        map.ThenSaturate(0.25, luma);
        float[] pixels = [0.5f, 0.25f, 1f, 0f, 0f, 0f];
        map.Apply(pixels);
        double[] one = [1.1, 0.7, 2.3];
        double grey = (0.3 * one[0]) + (0.6 * one[1]) + (0.1 * one[2]);
        for (int i = 0; i < 3; i++)
            Assert.Equal(grey + (0.25 * (one[i] - grey)), pixels[i], 1e-6);
        Assert.Equal(map.Of(default).Red, pixels[3], 1e-6);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.6)]
    [InlineData(1, 1.2)]
    public void Distortion_keeps_within_its_strength(double strength, double most)
    {
        var work = new ImageWorkspace();
        RandomImages.Of(1, 16, 16).Read(0, work.Image);
        var plain = new ImageTransform { Crop = new ResizeAndCenterCrop { Side = 16 } };
        ImageTransform distorted = plain with { Distortion = new PhotometricDistortion(strength) };
        float[] expected = new float[plain.Length];
        float[] output = new float[plain.Length];
        var random = SeededRandom.For(1, 2, 3);
        plain.Apply(work, ref random, expected);
        double largest = 0;
        for (int i = 0; i < 50; i++)
        {
            distorted.Apply(work, ref random, output);
            largest = Math.Max(largest, output.Zip(expected, (a, b) => Math.Abs(a - b)).Max());
        }

        Assert.InRange(largest, most / 4, most);
    }

    [Fact]
    public void Contrast_and_saturation_keep_the_mean_brightness()
    {
        // Brightness and lighting alone move the mean, by at most their factors.
        var distortion = new PhotometricDistortion(1);
        for (ulong seed = 0; seed < 100; seed++)
        {
            var random = SeededRandom.For(seed, 0, 0);
            ColorMap map = ColorMap.Identity;
            var mean = new Rgb(0.5, 0.5, 0.5);
            distortion.Append(ref map, mean, ref random);
            Assert.InRange(map.Of(mean).Green, 0.5 * 0.6 - 0.06, 0.5 * 1.4 + 0.06);
        }
    }

    [Fact]
    public void Refuses_numbers_out_of_range()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PhotometricDistortion(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PhotometricDistortion(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomMirror(1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomResizedCrop { Side = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomResizedCrop { Side = 8, MinArea = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PadAndCrop { Side = 8, Padding = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChannelScaling(default, new Rgb(1, 0, 1)));
    }
}
