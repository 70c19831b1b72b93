namespace Evenkeel.Onnx;

/// <summary>One node that cannot be imported; collected, so that a file's error lists all of them.</summary>
internal sealed class UnsupportedException(string message, Exception? innerException = null)
    : Exception(message, innerException);
