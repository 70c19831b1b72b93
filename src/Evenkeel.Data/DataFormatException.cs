namespace Evenkeel.Data;

/// <summary>
/// A data file is missing, damaged or not what it should be. The message is one line: the file, what was expected,
/// what was found, what to do.
/// </summary>
public sealed class DataFormatException : Exception
{
    /// <summary>Without a message.</summary>
    public DataFormatException() { }

    /// <summary>With a message.</summary>
    public DataFormatException(string message)
        : base(message) { }

    /// <summary>With a message and what caused it.</summary>
    public DataFormatException(string message, Exception innerException)
        : base(message, innerException) { }
}
