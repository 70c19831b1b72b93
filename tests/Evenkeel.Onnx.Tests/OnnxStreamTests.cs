using System.IO.Compression;
using Evenkeel.Onnx.Tests.TestData;

namespace Evenkeel.Onnx.Tests;

public sealed class OnnxStreamTests
{
    private static readonly FileCase Case = new("two_outputs");

    [Fact]
    public void A_model_comes_from_bytes_and_from_streams_as_from_a_file()
    {
        byte[] content = File.ReadAllBytes(Case.ModelPath);
        using var seekable = new MemoryStream([9, .. content]) { Position = 1 };
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            packing.Write(content);
        packed.Position = 0;
        using var forwardOnly = new GZipStream(packed, CompressionMode.Decompress);
        using OnnxModel ofFile = OnnxModel.Load(Case.ModelPath),
            ofBytes = OnnxModel.Load(content),
            ofStream = OnnxModel.Load(seekable),
            ofForward = OnnxModel.Load(forwardOnly);
        float[] expected = Run(ofFile);
        Assert.All((OnnxModel[])[ofBytes, ofStream, ofForward], m => Assert.Equal(expected, Run(m)));
    }

    [Fact]
    public void Limits_and_messages_are_those_of_files()
    {
        byte[] content = File.ReadAllBytes(Case.ModelPath);
        var options = new OnnxImportOptions { MaxFileBytes = content.Length - 1 };
        var error = Assert.Throws<OnnxException>(() => OnnxModel.Load(content, options, "resource"));
        Assert.StartsWith(
            $"resource: {content.Length} bytes exceed the limit",
            error.Message,
            StringComparison.Ordinal
        );
        using var stream = new MemoryStream(content);
        Assert.Throws<OnnxException>(() => OnnxModel.Load(stream, options));
        Assert.Throws<OnnxException>(() => OnnxModel.Load(content.AsMemory(0, content.Length / 2)));
    }

    private static float[] Run(OnnxModel model)
    {
        using var predictor = new Predictor(model.Model);
        return predictor.Predict(Case.Input.Values);
    }
}
