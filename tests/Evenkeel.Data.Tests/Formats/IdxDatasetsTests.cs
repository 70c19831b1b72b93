using Evenkeel.Data.Formats;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Formats;

public sealed class IdxDatasetsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private InMemoryDataset Read(byte[] images, byte[] labels) =>
        IdxDatasets.Read(
            "data",
            _folder.Write("images", images),
            _folder.Write("labels", labels),
            10,
            PixelEncoding.UnitScale
        );

    [Fact]
    public void Joins_images_and_labels()
    {
        InMemoryDataset data = Read(IdxBytes.Images(12, 5), IdxBytes.Gzip(IdxBytes.Labels(12)));
        Assert.Equal((12, 25, 10, 3), (data.Count, data.InputLength, data.Classes, data.Label(3)));
        Assert.Equal(IdxBytes.Images(12, 5)[(16 + 50)..(16 + 75)], data.Pixels(2).ToArray());
    }

    [Fact]
    public void Different_counts_are_told_with_both_files()
    {
        var e = Assert.Throws<DataFormatException>(() => Read(IdxBytes.Images(12), IdxBytes.Labels(11)));
        Assert.Contains("images: 12 images, but", e.Message, StringComparison.Ordinal);
        Assert.Contains("labels holds 11 labels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_out_of_range_is_told_with_its_place()
    {
        var e = Assert.Throws<DataFormatException>(() => Read(IdxBytes.Images(3), IdxBytes.Of([0, 10, 1], 3)));
        Assert.Contains("label 1 is 10, but data has the classes 0 to 9", e.Message, StringComparison.Ordinal);
    }
}
