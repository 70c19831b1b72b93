namespace Evenkeel;

/// <summary>Training met a loss that is NaN or infinite; the message says at which step, and why if the input shows it.</summary>
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
