namespace Evenkeel.Testing.Networks;

/// <summary>A property does not hold for a network: the message has the smallest that was found, and how to repeat it.</summary>
public sealed class NetworkPropertyException : Exception
{
    /// <summary>An exception without details.</summary>
    public NetworkPropertyException() { }

    /// <summary>An exception with a message.</summary>
    public NetworkPropertyException(string message)
        : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    public NetworkPropertyException(string message, Exception innerException)
        : base(message, innerException) { }
}
