using System.IO.Compression;
using Evenkeel.Serialization;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Serialization;

public sealed class ModelStreamTests : IDisposable
{
    private static readonly byte[] Before = [1, 2, 3];

    private readonly TemporaryFolder _folder = new();
    private readonly Model _model = Samples.Model(Samples.Small(batchNorm: true));
    private readonly byte[] _content;

    public ModelStreamTests()
    {
        ModelFile.Save(_model, _folder.File("m"));
        _content = File.ReadAllBytes(_folder.File("m"));
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_model_comes_from_bytes_and_from_streams_as_from_a_file()
    {
        using var seekable = new MemoryStream([.. Before, .. _content]) { Position = Before.Length };
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            packing.Write(_content);
        packed.Position = 0;
        using var forwardOnly = new GZipStream(packed, CompressionMode.Decompress);
        using Model ofBytes = ModelFile.Load(_content),
            ofStream = ModelFile.Load(seekable),
            ofForward = ModelFile.Load(forwardOnly);
        Assert.All((Model[])[ofBytes, ofStream, ofForward], m => Assert.Equal(Samples.Bytes(_model), Samples.Bytes(m)));
        Assert.True(seekable.CanRead);
    }

    [Fact]
    public void So_do_tensors_for_a_network()
    {
        Graph graph = _model.Graph;
        using var stream = new MemoryStream(_content);
        using Model ofBytes = ModelFile.Load(_content, graph),
            ofStream = ModelFile.Load(stream, graph);
        Assert.All((Model[])[ofBytes, ofStream], m => Assert.Equal(Samples.Bytes(_model), Samples.Bytes(m)));
    }

    [Fact]
    public void Messages_call_it_by_the_given_name()
    {
        using var cut = new MemoryStream(_content[..^1]);
        var error = Assert.Throws<SafeTensorsException>(() => ModelFile.Load(cut, "weights in the archive"));
        Assert.StartsWith("weights in the archive: ", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<SafeTensorsException>(() => ModelFile.Load(_content.AsMemory(0, 4)));
        Assert.StartsWith("model: ", error.Message, StringComparison.Ordinal);
    }
}
