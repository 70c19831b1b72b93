using System.Security.Cryptography;
using Evenkeel.Data.Mnist;
using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Mnist;

/// <summary>A data set in MNIST's form with 20 images to learn from and 10 to judge by, and its files.</summary>
internal static class SmallVariant
{
    public static IReadOnlyDictionary<string, byte[]> Files { get; } =
        new Dictionary<string, byte[]>
        {
            ["train-images-idx3-ubyte.gz"] = IdxBytes.Gzip(IdxBytes.Images(20)),
            ["train-labels-idx1-ubyte.gz"] = IdxBytes.Gzip(IdxBytes.Labels(20)),
            ["t10k-images-idx3-ubyte.gz"] = IdxBytes.Gzip(IdxBytes.Images(10)),
            ["t10k-labels-idx1-ubyte.gz"] = IdxBytes.Gzip(IdxBytes.Labels(10)),
        };

    public static MnistVariant Variant { get; } =
        MnistVariant.Mnist with
        {
            Name = "small",
            Folder = "small",
            TrainImages = WithSum(MnistVariant.Mnist.TrainImages),
            TrainLabels = WithSum(MnistVariant.Mnist.TrainLabels),
            TestImages = WithSum(MnistVariant.Mnist.TestImages),
            TestLabels = WithSum(MnistVariant.Mnist.TestLabels),
            Mirrors = [],
        };

#pragma warning disable CA5351 // The published checksums are MD5.
    private static MnistFile WithSum(MnistFile file) =>
        file with
        {
            Md5 = Convert.ToHexStringLower(MD5.HashData(Files[file.Name])),
        };
#pragma warning restore CA5351
}
