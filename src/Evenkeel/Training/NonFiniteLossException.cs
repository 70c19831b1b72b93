namespace Evenkeel;

/// <summary>The loss is NaN or infinite. The message names the step, and the cause if the input shows it.</summary>
public sealed class NonFiniteLossException : Exception
{
    /// <summary>An exception without details.</summary>
    public NonFiniteLossException() { }

    /// <summary>An exception with a message.</summary>
    public NonFiniteLossException(string message)
        : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    public NonFiniteLossException(string message, Exception innerException)
        : base(message, innerException) { }
}
