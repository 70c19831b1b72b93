namespace Evenkeel.Configuration;

/// <summary>A configuration that cannot be used: the message names the file, the field, what was found and what is allowed.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>An exception without details.</summary>
    public ConfigurationException() { }

    /// <summary>An exception with a one-line message.</summary>
    public ConfigurationException(string message)
        : base(message) { }

    /// <summary>An exception with a one-line message and its cause.</summary>
    public ConfigurationException(string message, Exception innerException)
        : base(message, innerException) { }
}
