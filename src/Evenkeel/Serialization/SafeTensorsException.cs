namespace Evenkeel.Serialization;

/// <summary>A safetensors file is damaged, or holds something else than was asked for. The message is one line naming file, tensor, expected and found.</summary>
public sealed class SafeTensorsException : IOException
{
    private const int LongestQuote = 80;

    /// <summary>With no further explanation.</summary>
    public SafeTensorsException()
        : base("the safetensors file cannot be read") { }

    /// <summary>With the line to show.</summary>
    /// <param name="message">File, tensor, expected and found.</param>
    public SafeTensorsException(string message)
        : base(message) { }

    /// <summary>With the line to show and the cause.</summary>
    /// <param name="message">File, tensor, expected and found.</param>
    /// <param name="innerException">The cause.</param>
    public SafeTensorsException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Text from a file, made fit for one line: shortened, and with control characters replaced.</summary>
    internal static string Quote(string text)
    {
        string part = text.Length > LongestQuote ? text[..LongestQuote] + "..." : text;
        return "'" + string.Concat(part.Select(c => char.IsControl(c) ? '?' : c)) + "'";
    }

    /// <summary>A shape as it is written in a header, shortened when it is absurdly long.</summary>
    internal static string Show(IReadOnlyList<long> shape)
    {
        const int most = 8;
        string tail = shape.Count > most ? $", ... {shape.Count} dimensions" : "";
        return $"[{string.Join(", ", shape.Take(most))}{tail}]";
    }
}
