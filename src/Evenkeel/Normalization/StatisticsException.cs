namespace Evenkeel.Normalization;

/// <summary>Statistics cannot be measured on this data, or not with these weights; the message says why and what would help.</summary>
public sealed class StatisticsException : InvalidOperationException
{
    /// <summary>An exception without details.</summary>
    public StatisticsException() { }

    /// <summary>An exception with a message.</summary>
    public StatisticsException(string message)
        : base(message) { }

    /// <summary>An exception with a message and its cause.</summary>
    public StatisticsException(string message, Exception innerException)
        : base(message, innerException) { }
}
