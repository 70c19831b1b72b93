using System.Security.Cryptography;
using Evenkeel.Data.Mnist;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Mnist;

/// <summary>Tests on the published files; they need the environment variable EVENKEEL_DATA.</summary>
public sealed class PublishedDataTests
{
    [Theory]
    [InlineData("mnist", 0.1307, 0.3081)]
    [InlineData("fashion-mnist", 0.2860, 0.3530)]
    public void Reads_the_published_files(string folder, double mean, double deviation)
    {
        DatasetSplit split = MnistFiles.Load(Variant(folder), RealData.Folder(folder));
        Assert.Equal((60_000, 10_000, 784), (split.Train.Count, split.Test.Count, split.Train.InputLength));

        // The values by which both are commonly standardised, to their printed digits.
        (double measuredMean, double measuredDeviation) = ((InMemoryDataset)split.Train).MeasurePixels();
        Assert.Equal(mean, measuredMean, 1e-4);
        Assert.Equal(deviation, measuredDeviation, 1e-4);
    }

    [Fact]
    public void Mnist_starts_with_its_known_labels()
    {
        DatasetSplit split = MnistFiles.Load(MnistVariant.Mnist, RealData.Folder("mnist"));
        int[] labels = new int[10];
        split.Train.Read([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], new float[7_840], labels);
        Assert.Equal([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], labels);
        split.Test.Read([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], new float[7_840], labels);
        Assert.Equal([7, 2, 1, 0, 4, 1, 4, 9, 5, 9], labels);
    }

    [Theory]
    [InlineData("mnist")]
    [InlineData("fashion-mnist")]
    public void Checksums_are_those_of_the_published_files(string folder)
    {
        string root = RealData.Folder(folder);
        foreach (MnistFile file in Variant(folder).Files)
        {
#pragma warning disable CA5351 // The published checksums are MD5.
            byte[] sum = MD5.HashData(File.ReadAllBytes(Path.Combine(root, file.Name)));
#pragma warning restore CA5351
            Assert.Equal(file.Md5, Convert.ToHexStringLower(sum));
        }
    }

    private static MnistVariant Variant(string folder) =>
        new[] { MnistVariant.Mnist, MnistVariant.FashionMnist }.Single(v => v.Folder == folder);
}
