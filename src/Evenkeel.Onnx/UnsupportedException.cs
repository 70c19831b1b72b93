namespace Evenkeel.Onnx;

/// <summary>One node that cannot be imported; collected, so that a file's error lists all of them.</summary>
internal sealed class UnsupportedException : Exception
{
    public UnsupportedException() { }

    public UnsupportedException(string message)
        : base(message) { }

    public UnsupportedException(string message, Exception innerException)
        : base(message, innerException) { }
}
