using Evenkeel.Data.Tests.Files;

namespace Evenkeel.Data.Tests.Mnist;

public sealed class MnistFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Refuse()
    {
        var e = Assert.Throws<DataFormatException>(() => MnistFiles.Load(SmallVariant.Variant, _folder.Root));
        Assert.DoesNotContain('\n', e.Message);
        return e.Message;
    }

    private void WriteAll()
    {
        foreach ((string name, byte[] bytes) in SmallVariant.Files)
            _folder.Write(name, bytes);
    }

    [Fact]
    public void Accepts_compressed_plain_and_dotted_names()
    {
        _folder.Write("train-images-idx3-ubyte.gz", IdxBytes.Gzip(IdxBytes.Images(20)));
        _folder.Write("train-labels-idx1-ubyte", IdxBytes.Labels(20));
        _folder.Write("t10k-images.idx3-ubyte", IdxBytes.Images(10));
        _folder.Write("t10k-labels.idx1-ubyte.gz", IdxBytes.Gzip(IdxBytes.Labels(10)));
        DatasetSplit split = MnistFiles.Load(SmallVariant.Variant, _folder.Root);
        Assert.Equal((20, 10, 784), (split.Train.Count, split.Test.Count, split.Train.InputLength));
        Assert.Equal(("small train", "small test"), (split.Train.Name, split.Test.Name));
        Assert.Same(PixelEncoding.Binary, ((InMemoryDataset)split.Train).Encoding);
    }

    [Fact]
    public void A_missing_folder_is_told_with_the_files_that_it_needs()
    {
        string nowhere = _folder.Path("nowhere");
        var e = Assert.Throws<DataFormatException>(() => MnistFiles.Load(SmallVariant.Variant, nowhere));
        Assert.StartsWith($"{nowhere}: the folder does not exist", e.Message, StringComparison.Ordinal);
        Assert.Contains("t10k-labels-idx1-ubyte.gz", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_missing_files_are_told()
    {
        WriteAll();
        File.Delete(_folder.Path("t10k-images-idx3-ubyte.gz"));
        string message = Refuse();
        Assert.Contains("small needs t10k-images-idx3-ubyte.gz there too", message, StringComparison.Ordinal);
        Assert.DoesNotContain("train-images", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_of_another_size_are_refused()
    {
        WriteAll();
        _folder.Write("t10k-images-idx3-ubyte.gz", IdxBytes.Images(10, 32));
        Assert.Contains("expected images of 28 x 28 pixels", Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_mixed_up_are_refused()
    {
        WriteAll();
        _folder.Write("train-labels-idx1-ubyte.gz", SmallVariant.Files["t10k-labels-idx1-ubyte.gz"]);
        Assert.Contains("20 images, but", Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_cache_lies_where_the_environment_says_or_in_a_folder_of_the_system()
    {
        string? chosen = Environment.GetEnvironmentVariable("EVENKEEL_CACHE");
        if (string.IsNullOrWhiteSpace(chosen))
            Assert.Equal("evenkeel", Path.GetFileName(MnistFiles.DefaultCacheFolder));
        else
            Assert.Equal(chosen, MnistFiles.DefaultCacheFolder);
    }
}
