using Evenkeel.Kernels.Storage;
using Evenkeel.Onnx.Messages;
using Google.Protobuf;

namespace Evenkeel.Onnx.Files;

/// <summary>Reads the message that a file is.</summary>
internal static class ModelReader
{
    // Between looks at what was read.
    private const int PieceBytes = 1 << 20;

    /// <summary>Reads and checks the outermost message.</summary>
    /// <exception cref="OnnxException">The file is not there, too large, or not a model.</exception>
    public static ModelProto Read(string path, OnnxImportOptions options)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            RequireLimit(file.Length, path, options);
            return Read(file, path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OnnxException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The same from a stream, from where it stands to its end.</summary>
    public static ModelProto Read(Stream stream, string name, OnnxImportOptions options)
    {
        long limit = Limit(options);
        Memory<byte> bytes = Block(stream.CanSeek ? Math.Min(stream.Length - stream.Position, limit) + 1 : PieceBytes);
        int length = 0;
        var fields = new OuterFields();
        for (int read; (read = stream.Read(bytes.Span[length..][..Math.Min(PieceBytes, bytes.Length - length)])) > 0; )
        {
            RequireLimit(length += read, name, options);
            if (!fields.Fit(bytes.Span[..length]))
                throw new OnnxException(
                    $"{name}: not an ONNX model, or damaged: it has none of the fields of a model."
                );
            if (length == bytes.Length)
            {
                Memory<byte> larger = Block(Math.Min(2L * length, limit + 1));
                bytes.CopyTo(larger);
                bytes = larger;
            }
        }

        return Parse(bytes[..length], name, options);
    }

    /// <summary>The same from memory.</summary>
    public static ModelProto Parse(ReadOnlyMemory<byte> content, string name, OnnxImportOptions options)
    {
        RequireLimit(content.Length, name, options);
        if (MessageCount.UpTo(options.MaxMessages, content.Span) > options.MaxMessages)
            throw new OnnxException(
                $"{name}: it holds more messages and texts than the limit of {options.MaxMessages}; raise it to read it."
            );
        try
        {
            var weights = new WeightsInPlace(content);
            ModelProto model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(weights.Rest);
            weights.PutInto(model);
            return model.Graph is null ? throw new OnnxException($"{name}: there is no graph in it.") : model;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxException($"{name}: not an ONNX model, or damaged: {e.Message}", e);
        }
    }

    // A file's pages are touched once, and large ones at a fraction of the cost.
    private static Memory<byte> Block(long bytes) => new MemoryBlock(bytes).Memory;

    private static long Limit(OnnxImportOptions options) => Math.Min(options.MaxFileBytes, Array.MaxLength);

    private static void RequireLimit(long length, string name, OnnxImportOptions options)
    {
        if (length > Limit(options))
            throw new OnnxException(
                $"{name}: {length} bytes exceed the limit of {Limit(options)}; raise it, or keep the weights in external files."
            );
    }
}
