namespace Evenkeel.Data;

/// <summary>
/// Data could not be downloaded, or a system library that reads it is missing. The message is one line: what failed, and
/// which files to put where, or what to install, instead.
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
