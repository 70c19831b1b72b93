using System.Diagnostics;
using Evenkeel.Runs.Scoring;

namespace Evenkeel.Runs;

/// <summary>
/// Saves a run while it trains. What cannot be saved never stops the training: it is told and tried again. What was deleted meanwhile
/// is made again, so that the run can go on from its folder at any time.
/// </summary>
internal sealed class RunSaving(RunFolder folder, RunRecord record, RunLog log, CheckpointKeeper keeper, RunHost host)
{
    private const string Newest = "the newest checkpoint";
    private const string Best = "the best checkpoint";
    private static readonly TimeSpan Cadence = TimeSpan.FromSeconds(2);
    private readonly Saving _saving = new(host);
    private long _looked = Stopwatch.GetTimestamp();

    /// <summary>Why the newest state is not saved; null if it is.</summary>
    public Exception? NewestFailure => _saving.Failures.GetValueOrDefault(Newest);

    /// <summary>Saves the state under its step's number and as the newest.</summary>
    public void SaveNumbered()
    {
        SaveNewest(keeper.SaveNumbered);
        // What saving left behind is a few hundred kilobytes. Where the processor's last cache is large, the collector would wait until it is
        // nearly a hundred megabytes, and a run of days saves often.
        GC.Collect(0);
    }

    /// <summary>Saves the state as the newest.</summary>
    /// <returns>Whether it is saved.</returns>
    public bool SaveLast() => SaveNewest(keeper.SaveLast);

    /// <summary>Saves the state as the newest if a run can go on from it.</summary>
    /// <exception cref="ModelFileException">It cannot.</exception>
    public bool SaveLastIfUsable() => SaveNewest(keeper.SaveLastIfUsable);

    /// <summary>Saves the state as the best if it is.</summary>
    public void Offer(Score score) => Save(Best, () => keeper.Offer(score));

    /// <summary>Looks now and then whether the folder is whole; to be called after each step.</summary>
    public void Look()
    {
        if (Stopwatch.GetElapsedTime(_looked) < Cadence)
            return;
        _looked = Stopwatch.GetTimestamp();
        MakeWhole();
        log.Tell(host);
    }

    /// <summary>Saves what came out, and the page about it.</summary>
    public void Complete(RunResult result)
    {
        record.Complete(result);
        SaveRecord();
        _saving.Try(
            "the report",
            () => RunReport.Write(folder.Files, host.CommandToRepeat(Path.GetFullPath(folder.Files.Record)))
        );
    }

    /// <summary>Throws if anything of the run is not saved.</summary>
    /// <exception cref="RunUnsavedException">It says what.</exception>
    public void RequireAll() => _saving.RequireAll();

    // The record says how long it took to come to the state from which the run goes on.
    private bool SaveNewest(Action save)
    {
        bool saved = Save(Newest, save);
        SaveRecord();
        return saved;
    }

    private bool Save(string what, Action save)
    {
        MakeWhole();
        // The lines that belong to a checkpoint are on disk before it is.
        log.Flush();
        bool saved = _saving.Try(what, save);
        log.Tell(host);
        return saved;
    }

    private void SaveRecord() => _saving.Try(Path.GetFileName(folder.Files.Record), record.Save);

    private void MakeWhole()
    {
        string[] missing = [];
        _saving.Try("the run's folder", () => missing = [.. folder.MakeWhole(record), .. keeper.FindDeleted()]);
        if (missing.Length == 0)
            return;
        log.Flush();
        if (_saving.Try(Newest, () => keeper.SaveLast()))
            host.Note(
                $"{folder.Files.Folder}: {string.Join(", ", missing)} was deleted during the run; what the run needs to resume was written again."
            );
    }
}
