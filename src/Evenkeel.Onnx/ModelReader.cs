using Evenkeel.Onnx.Messages;
using Google.Protobuf;

namespace Evenkeel.Onnx;

/// <summary>Reads the message that a file is.</summary>
internal static class ModelReader
{
    /// <summary>Reads and checks the outermost message.</summary>
    /// <exception cref="OnnxException">The file is not there, too large, or not a model.</exception>
    public static ModelProto Read(string path, OnnxImportOptions options)
    {
        try
        {
            long length = new FileInfo(path).Length,
                limit = Math.Min(options.MaxFileBytes, Array.MaxLength);
            if (length > limit)
                throw new OnnxException(
                    $"{path}: {length} bytes exceed the limit of {limit}; raise it, or keep the weights in external files."
                );
            ModelProto model = ModelProto.Parser.WithDiscardUnknownFields(true).ParseFrom(File.ReadAllBytes(path));
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
