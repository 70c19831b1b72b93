using System.Text.RegularExpressions;

namespace Evenkeel.Data;

/// <summary>
/// What the runtime's readers throw at a file that is missing, damaged or made to hurt. All of it is a fault of the file, never of the
/// program: each reader turns it into a <see cref="DataFormatException"/> that names the file.
/// </summary>
internal static class ReadFault
{
    /// <summary>Whether a file can cause this.</summary>
    public static bool IsOfFile(Exception error) =>
        error
            is IOException
                or UnauthorizedAccessException
                or InvalidDataException
                or FormatException
                or ArgumentException
                or OverflowException
                or InvalidOperationException
                or NotSupportedException
                or RegexMatchTimeoutException
                or OutOfMemoryException;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataFormatException">The file is at fault.</exception>
    public static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsOfFile(e))
        {
            throw Of(path, e);
        }
    }

    /// <summary>The line about a file.</summary>
    public static DataFormatException Of(string path, Exception error) =>
        new($"{path}: the file cannot be read ({Reason(error)}).", error);

    /// <summary>Why, as the end of a sentence; checks of the runtime speak of its own code, which helps nobody.</summary>
    public static string Reason(Exception error) =>
        error switch
        {
            OutOfMemoryException => "there is not enough memory for the data that it declares",
            ArgumentException or OverflowException or RegexMatchTimeoutException =>
                "it contains a number or text that the format does not allow",
            _ => error.Message.ReplaceLineEndings(" ").TrimEnd('.'),
        };
}
