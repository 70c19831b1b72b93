using Evenkeel.Configuration;
using Evenkeel.Data;
using Evenkeel.Graphs;
using Evenkeel.Normalization;
using Evenkeel.Onnx;
using Evenkeel.Training;

namespace Evenkeel.Cli.Terminal;

/// <summary>The only place that turns exceptions into a line for people and an exit code.</summary>
internal static class KnownErrors
{
    private const string DebugVariable = "EVENKEEL_DEBUG";
    private const int NoSpaceUnix = 28;
    private const int NoSpaceWindows = unchecked((int)0x80070070);

    /// <summary>Writes one line about <paramref name="error"/> and gives the exit code.</summary>
    public static int Report(Exception error, TextWriter writer)
    {
        bool debug = Environment.GetEnvironmentVariable(DebugVariable) == "1";
        (int code, string line) = Describe(error);
        writer.WriteLine($"evenkeel: {OneLine(line)}");
        if (debug)
            writer.WriteLine(error);
        return code;
    }

    private static (int Code, string Line) Describe(Exception error) =>
        error switch
        {
            AggregateException { InnerExceptions: [var only] } => Describe(only),
            UsageException or ConfigurationException or GraphException => (ExitCode.Usage, error.Message),
            DataFormatException
            or DataUnavailableException
            or NonFiniteLossException
            or SingleValuePerChannelException
            or InvalidDataException
            or OnnxException => (ExitCode.Failed, error.Message),
            IOException when error.HResult is NoSpaceUnix or NoSpaceWindows => (
                ExitCode.Failed,
                $"{error.Message.TrimEnd('.')}. Free some space and go on with 'evenkeel train --resume RUN'; files written before are whole."
            ),
            UnauthorizedAccessException => (
                ExitCode.Failed,
                $"{error.Message.TrimEnd('.')}. Choose another folder or change its permissions."
            ),
            IOException => (ExitCode.Failed, error.Message),
            OperationCanceledException => (ExitCode.Interrupted, "interrupted."),
            OutOfMemoryException => (ExitCode.Failed, "not enough memory; use a smaller batch, network or data set."),
            _ => (
                ExitCode.Failed,
                $"unexpected {error.GetType().Name}: {error.Message} (set {DebugVariable}=1 for where it happened)"
            ),
        };

    /// <summary>Text as one line.</summary>
    public static string OneLine(string text) =>
        string.Join(
            ' ',
            text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
}
