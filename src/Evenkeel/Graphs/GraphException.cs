namespace Evenkeel;

/// <summary>A network that cannot be built: the message names the layer, the shapes and the remedy.</summary>
public sealed class GraphException : Exception
{
    /// <summary>An exception without a message.</summary>
    public GraphException() { }

    /// <summary>An exception with a one-line message.</summary>
    public GraphException(string message)
        : base(message) { }

    /// <summary>An exception with a one-line message and its cause.</summary>
    public GraphException(string message, Exception innerException)
        : base(message, innerException) { }
}
