using System.Net.Sockets;
using System.Reflection;
using System.Security;
using System.Text.Json;
using System.Text.RegularExpressions;
using Evenkeel.Configuration;

namespace Evenkeel.Cli.Terminal;

/// <summary>The only place that turns exceptions into a line for people and an exit code.</summary>
internal static partial class KnownErrors
{
    private const string DebugVariable = "EVENKEEL_DEBUG";
    private const string Own = "Evenkeel";

    /// <summary>Writes one line about <paramref name="error"/> and gives the exit code.</summary>
    public static int Report(Exception error, CleanWriter writer)
    {
        (int code, string line) = Describe(error);
        writer.WriteLine($"evenkeel: {WithoutNames(line)}");
        WriteTrace(error, writer);
        return code;
    }

    /// <summary>Writes where it happened, if that was asked for.</summary>
    public static void WriteTrace(Exception error, CleanWriter writer)
    {
        if (Environment.GetEnvironmentVariable(DebugVariable) != "1")
            return;
        foreach (string part in error.ToString().Split(Environment.NewLine))
            writer.WriteLine($"debug: {part}");
    }

    /// <summary>The exit code of an error.</summary>
    public static int CodeOf(Exception error) => Describe(error).Code;

    /// <summary>What is told of an error, without the name of the tool.</summary>
    public static string Words(Exception error) => OneLine(WithoutNames(Describe(error).Line));

    private static (int Code, string Line) Describe(Exception error) =>
        error switch
        {
            AggregateException { InnerExceptions: [var first, ..] } => Describe(first),
            TargetInvocationException or TypeInitializationException when error.InnerException is { } cause => Describe(
                cause
            ),
            UsageException or ConfigurationException or GraphException => (ExitCode.Usage, error.Message),
            StoppedException => (ExitCode.Stopped, error.Message),
            OutputException => (ExitCode.NoOutput, error.Message),
            OperationCanceledException => (ExitCode.Interrupted, "interrupted."),
            _ => (ExitCode.Failed, Failure(error)),
        };

    private static string Failure(Exception error) =>
        error switch
        {
            IOException when SystemLimits.Remedy(error.HResult) is { } remedy => Then(error.Message, remedy),
            UnauthorizedAccessException or SecurityException => Then(
                error.Message,
                "Choose another folder or change its permissions."
            ),
            OutOfMemoryException => "not enough memory; use a smaller batch, network or data set.",
            OverflowException => "a size is beyond what can be counted; use a smaller batch, network or data set.",
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
            _ =>
                $"a fault of Evenkeel's own: {OneLine(WithoutNames(error.Message))} (set {DebugVariable}=1 for where it happened, and report it)",
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

    /// <summary>Text as one line.</summary>
    public static string OneLine(string text) =>
        string.Join(
            ' ',
            text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
}
