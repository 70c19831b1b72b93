using System.CommandLine;
using Evenkeel.Configuration;
using Evenkeel.Runs;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Terminal;

/// <summary>The only place that turns exceptions into a line for people and an exit code.</summary>
internal static class KnownErrors
{
    private const string DebugVariable = "EVENKEEL_DEBUG";

    /// <summary>Writes one line about <paramref name="error"/> and gives the exit code.</summary>
    /// <param name="error">What happened.</param>
    /// <param name="writer">Where it is told.</param>
    /// <param name="command">What was run, whose options are told; null where nothing was.</param>
    public static int Report(Exception error, CleanWriter writer, Command? command = null)
    {
        writer.WriteLine($"evenkeel: {FieldOptions.Told(Line(error), command)}");
        WriteTrace(error, writer);
        return CodeOf(error);
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
    public static int CodeOf(Exception error) =>
        ErrorWords.Cause(error) switch
        {
            UsageException or ConfigurationException or GraphException or RunFolderException => ExitCode.Usage,
            RunStoppedException => ExitCode.Stopped,
            OutputException => ExitCode.NoOutput,
            OperationCanceledException => ExitCode.Interrupted,
            _ => ExitCode.Failed,
        };

    /// <summary>What is told of an error, without the name of the tool.</summary>
    public static string Words(Exception error) => ErrorWords.OneLine(Line(error));

    private static string Line(Exception error)
    {
        Exception told = ErrorWords.Cause(error);
        string? run = told switch
        {
            RunStoppedException stopped => stopped.ResumableFolder,
            RunUnsavedException unsaved => unsaved.ResumableFolder,
            _ => null,
        };
        string line = ErrorWords.Line(told);
        if (ErrorWords.IsFault(Reason(told)))
            line = $"a bug in Evenkeel: {line} (set {DebugVariable}=1 to see the stack trace, and report it)";
        return run is null ? line : line + ToResume(run);
    }

    // What ended a run is behind what is told of the run.
    private static Exception Reason(Exception told) =>
        told is RunStoppedException or RunUnsavedException ? told.InnerException ?? told : told;

    /// <summary>The rest of a sentence that says how a run goes on.</summary>
    public static string ToResume(string run) => $"; resume with: {ToolCommand.Text("train", "--resume", run)}";
}
