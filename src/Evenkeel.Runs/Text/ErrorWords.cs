using System.Net.Sockets;
using System.Reflection;
using System.Security;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Evenkeel.Runs.Text;

/// <summary>Errors in words for people: what went wrong and what to do about it.</summary>
internal static partial class ErrorWords
{
    private const string Own = "Evenkeel";

    /// <summary>What is told of an error, as one line.</summary>
    public static string Of(Exception error) => OneLine(Line(error));

    /// <summary>What is told of an error; lines as they are.</summary>
    public static string Line(Exception error) => WithoutNames(Words(Cause(error)) ?? OneLine(Cause(error).Message));

    /// <summary>Whether nobody foresaw the error: a fault of the program, not of its files or its user.</summary>
    public static bool IsFault(Exception error) => Words(Cause(error)) is null;

    /// <summary>The error that is told of: the first of several, and what is behind those that only pass on another.</summary>
    public static Exception Cause(Exception error) =>
        error switch
        {
            AggregateException { InnerExceptions: [var first, ..] } => Cause(first),
            TargetInvocationException or TypeInitializationException when error.InnerException is { } cause => Cause(
                cause
            ),
            _ => error,
        };

    /// <summary>Text as one line.</summary>
    public static string OneLine(string text) =>
        string.Join(
            ' ',
            text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );

    private static string? Words(Exception error) =>
        error switch
        {
            OperationCanceledException => "interrupted.",
            IOException when Remedy(error.HResult) is { } remedy => Then(error.Message, remedy),
            UnauthorizedAccessException or SecurityException => Then(
                error.Message,
                "Choose another folder or change its permissions."
            ),
            OutOfMemoryException => "not enough memory; use a smaller batch, network or data set.",
            OverflowException => "a size is too large; use a smaller batch, network or data set.",
            HttpRequestException or SocketException or TimeoutException => Then(
                error.Message,
                "Check the connection and try again."
            ),
            DllNotFoundException or BadImageFormatException => Then(
                OneLine(error.Message),
                "Install that system library."
            ),
            JsonException json => $"not valid JSON: {WithoutPlace(json)}",
            IOException or InvalidDataException or FormatException or NotSupportedException => error.Message,
            _ when IsOwn(error) => error.Message,
            _ => null,
        };

    // What to do about a failed access to a file, by the error's code; null if it was for no limit of the system.
    private static string? Remedy(int code) =>
        code switch
        {
            28 or 69 or 122 or unchecked((int)0x80070070) =>
                "Free some space or write to another disk, and run it again; files written before are complete.",
            27 or unchecked((int)0x800700DF) =>
                "Raise the limit on file sizes with 'ulimit -f' and run it again; files written before are complete.",
            23 or 24 or unchecked((int)0x80070004) =>
                "Too many files are open; raise the limit with 'ulimit -n', or use fewer workers.",
            _ => null,
        };

    // Types of this code, and checks by it with a message of its own; what the runtime throws in it is a fault.
    private static bool IsOwn(Exception error) =>
        IsOwn(error.GetType().Namespace)
        || (error is ArgumentException or InvalidOperationException && IsOwn(error.Source));

    private static bool IsOwn(string? name) => name?.StartsWith(Own, StringComparison.Ordinal) == true;

    private static string Then(string message, string remedy) => $"{message.TrimEnd('.')}. {remedy}";

    // The place is counted from 0 there, and behind the program's words for it.
    private static string WithoutPlace(JsonException error)
    {
        int end = error.Message.IndexOf(error.Path is null ? "LineNumber: " : "Path: ", StringComparison.Ordinal);
        return end < 0 || error.LineNumber is not { } line
            ? error.Message
            : FormattableString.Invariant(
                $"{error.Message[..end].Trim().TrimEnd('.')}, at line {line + 1}, position {error.BytePositionInLine + 1}."
            );
    }

    // What .NET appends to messages speaks of the program's code.
    private static string WithoutNames(string message) => Appended().Replace(message, "");

    [GeneratedRegex(@"\s*(\(Parameter '[^']*'\)|Actual value was [^\r\n]*)")]
    private static partial Regex Appended();
}
