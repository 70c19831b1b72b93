using Evenkeel.Runs.Text;
using static System.FormattableString;

namespace Evenkeel.Runs;

/// <summary>What is told of a run that ended before its last step: what is saved, what is lost, and how it goes on.</summary>
internal static class RunEnd
{
    /// <summary>The folder if a run can go on from it, else null.</summary>
    public static string? Resumable(RunFiles files) => LastStep(files) is null ? null : files.Folder;

    /// <summary>A run that was stopped by an error, after its state was saved.</summary>
    public static RunStoppedException Saved(RunFiles files, long done, long total, Exception error) =>
        new(Invariant($"{Sentence(error)} Training stopped after step {done} of {total}; its state is saved"), error)
        {
            ResumableFolder = Resumable(files),
        };

    /// <summary>A run whose state could not be saved.</summary>
    /// <param name="files">Its files.</param>
    /// <param name="done">Steps done.</param>
    /// <param name="total">Steps of the whole run.</param>
    /// <param name="error">What stopped it; null if it was told to stop.</param>
    /// <param name="failure">Why its state could not be saved.</param>
    public static RunUnsavedException Lost(RunFiles files, long done, long total, Exception? error, Exception failure)
    {
        string stopped = Invariant($"Training ended after step {done} of {total}");
        string cause = error is null || ReferenceEquals(error, failure) ? "" : $"{Sentence(error)} ";
        string left = LastStep(files) is { } step
            ? Invariant($"The last good checkpoint is {files.Newest}, of step {step}; steps after it are lost")
            : "There is no checkpoint; all steps are lost.";
        return new RunUnsavedException($"{cause}{stopped}; its state is not saved: {Sentence(failure)} {left}", failure)
        {
            ResumableFolder = Resumable(files),
        };
    }

    // What a resume would ask first: a record that can be read, and a checkpoint that is one.
    private static long? LastStep(RunFiles files)
    {
        try
        {
            RunRecord.Load(files.Record);
            return Checkpoint.StepsDone(files.Newest ?? files.Last);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            return null;
        }
    }

    private static string Sentence(Exception error) => $"{ErrorWords.Of(error).TrimEnd('.')}.";
}
