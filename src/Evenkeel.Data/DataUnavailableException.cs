namespace Evenkeel.Data;

/// <summary>
/// Data could not be downloaded. The message is one line: what failed, and which files to put where instead.
/// </summary>
public sealed class DataUnavailableException : Exception
{
    /// <summary>Without a message.</summary>
    public DataUnavailableException() { }

    /// <summary>With a message.</summary>
    public DataUnavailableException(string message)
        : base(message) { }

    /// <summary>With a message and what caused it.</summary>
    public DataUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }
}
