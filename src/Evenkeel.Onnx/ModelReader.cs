using Evenkeel.Onnx.Messages;
using Google.Protobuf;

namespace Evenkeel.Onnx;

/// <summary>Reads the message that a file is.</summary>
internal static class ModelReader
{
    // Far deeper than the messages that are read, far shallower than a stack.
    private const int MaxDepth = 64;

    /// <summary>Reads and checks the outermost message.</summary>
    /// <exception cref="OnnxException">The file is not there, too large, or not a model.</exception>
    public static ModelProto Read(string path, OnnxImportOptions options)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            long limit = Math.Min(options.MaxFileBytes, int.MaxValue);
            if (file.Length > limit)
                throw new OnnxException(
                    $"{path}: {file.Length} bytes exceed the limit of {limit}; raise it, or keep the weights in external files."
                );
            using var input = CodedInputStream.CreateWithLimits(file, int.MaxValue, MaxDepth);
            ModelProto model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(input);
            return model.Graph is null ? throw new OnnxException($"{path}: there is no graph in it.") : model;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxException($"{path}: not an ONNX model, or damaged: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OnnxException($"{path}: cannot be read: {e.Message}", e);
        }
    }
}
