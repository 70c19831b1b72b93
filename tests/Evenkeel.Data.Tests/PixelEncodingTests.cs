namespace Evenkeel.Data.Tests;

public sealed class PixelEncodingTests
{
    [Fact]
    public void Binary_parts_pixels_above_127_from_the_others()
    {
        for (int pixel = 0; pixel < 256; pixel++)
            Assert.Equal(pixel > 127 ? 1f : 0f, PixelEncoding.Binary.Values[pixel]);
    }

    [Fact]
    public void Unit_scale_maps_the_ends_to_0_and_1()
    {
        Assert.Equal(0f, PixelEncoding.UnitScale.Values[0]);
        Assert.Equal(1f, PixelEncoding.UnitScale.Values[255]);
        Assert.Equal(51 / 255f, PixelEncoding.UnitScale.Values[51]);
    }

    [Fact]
    public void Standardized_subtracts_the_mean_and_divides_by_the_deviation()
    {
        PixelEncoding encoding = PixelEncoding.Standardized(0.2, 0.4);
        Assert.Equal(0f, encoding.Values[51], 1e-7f);
        Assert.Equal(2f, encoding.Values[255], 1e-6f);
        Assert.Equal("standardized 0.2 0.4", encoding.Name);
    }

    [Fact]
    public void A_threshold_of_0_keeps_every_trace_of_ink()
    {
        PixelEncoding encoding = PixelEncoding.BinaryAt(0);
        Assert.Equal(0f, encoding.Values[0]);
        Assert.Equal(1f, encoding.Values[1]);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Refuses_a_threshold_outside_its_range(double threshold) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelEncoding.BinaryAt(threshold));

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(0, 0)]
    [InlineData(0, -1)]
    [InlineData(0, double.PositiveInfinity)]
    public void Refuses_statistics_that_cannot_standardise(double mean, double deviation) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelEncoding.Standardized(mean, deviation));
}
