namespace Evenkeel.Onnx;

/// <summary>An ONNX file that cannot be read, imported or written: the message names the file, the node and the remedy.</summary>
public sealed class OnnxException : Exception
{
    /// <summary>An exception without a message.</summary>
    public OnnxException() { }

    /// <summary>An exception with a message.</summary>
    public OnnxException(string message)
        : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    public OnnxException(string message, Exception innerException)
        : base(message, innerException) { }
}
