using Evenkeel.Runs.Text;
using static System.FormattableString;

namespace Evenkeel.Runs;

/// <summary>What is told of a run that ended before its last step: what is saved, what is lost, and how it goes on.</summary>
internal static class RunEnd
{
    /// <summary>The folder if a run can go on from it, else null.</summary>
    public static string? Resumable(RunFolder folder) => LastStep(folder) is null ? null : folder.Path;

    /// <summary>A run that was stopped by an error, after its state was saved.</summary>
    public static RunStoppedException Saved(RunFolder folder, long done, long total, Exception error) =>
        new(Invariant($"{Sentence(error)} Training stopped after step {done} of {total}; its state is saved"), error)
        {
            ResumableFolder = Resumable(folder),
        };

    /// <summary>A run whose state could not be saved.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="done">Steps done.</param>
    /// <param name="total">Steps of the whole run.</param>
    /// <param name="error">What stopped it; null if it was told to stop.</param>
    /// <param name="failure">Why its state could not be saved.</param>
    public static RunUnsavedException Lost(RunFolder folder, long done, long total, Exception? error, Exception failure)
    {
        string stopped = Invariant($"Training ended after step {done} of {total}");
        string cause = error is null || ReferenceEquals(error, failure) ? "" : $"{Sentence(error)} ";
        string left = LastStep(folder) is { } step
            ? Invariant($"The last good checkpoint is {folder.Newest}, of step {step}; steps after it are lost")
            : "There is no checkpoint to go on from; its steps are lost.";
        return new RunUnsavedException($"{cause}{stopped}; its state is not saved: {Sentence(failure)} {left}", failure)
        {
            ResumableFolder = Resumable(folder),
        };
    }

    // What a resume would ask first: a record that can be read, and a checkpoint that is one.
    private static long? LastStep(RunFolder folder)
    {
        try
        {
            RunRecord.Load(folder.Record);
            return Checkpoint.StepsDone(folder.Newest ?? folder.Last);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            return null;
        }
    }

    private static string Sentence(Exception error) => $"{ErrorWords.Of(error).TrimEnd('.')}.";
}
