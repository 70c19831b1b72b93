using System.Globalization;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Scoring;

namespace Evenkeel.Runs;

/// <summary>Writes a run's checkpoints, keeps the newest few, and remembers the best.</summary>
internal sealed class CheckpointKeeper
{
    // Of the note of the best score where there is none yet; scores are 0 or more.
    private const double None = -1;
    private const string BestStepNote = "run.bestStep";
    private const string SecondsNote = "run.seconds";
    private readonly RunFiles _files;
    private readonly Trainer _trainer;
    private readonly LoadedData _data;
    private readonly int _kept;
    private readonly ScoreKind _scored;
    private bool _lastSaved;

    public CheckpointKeeper(RunFiles files, TrainingSetup setup)
    {
        _files = files;
        _trainer = setup.Trainer;
        _data = setup.Data;
        _kept = setup.Config.KeepCheckpoints;
        _scored = setup.Scored;
        Directory.CreateDirectory(files.Checkpoints);
    }

    /// <summary>Best score on the validation data so far; null before the first evaluation.</summary>
    public Score? Best { get; private set; }

    /// <summary>Its step.</summary>
    public long BestStep { get; private set; }

    /// <summary>The best score of the run that a checkpoint's notes come from; null if they do not say.</summary>
    public static Score? BestOf(IReadOnlyDictionary<string, string> notes, ScoreKind scored) =>
        Number(notes, NoteOf(scored), None) is not < 0 and var value ? new Score(scored, value) : null;

    /// <summary>Puts the trainer where the run stopped; there must be a checkpoint.</summary>
    /// <returns>Seconds of training before, where an older version has noted them; else 0.</returns>
    public double Restore()
    {
        IReadOnlyDictionary<string, string> notes = Checkpoint.Load(_trainer, _files.Newest!);
        Best = BestOf(notes, _scored);
        BestStep = (long)Number(notes, BestStepNote, 0);
        _lastSaved = true;
        return Number(notes, SecondsNote, 0);
    }

    /// <summary>Saves the state as the newest, from which the run can go on.</summary>
    public void SaveLast()
    {
        Save(_files.Last);
        _lastSaved = true;
    }

    /// <summary>The same for a state that may not be one to go on from, which the newest checkpoint then stays.</summary>
    /// <exception cref="ModelFileException">It is not.</exception>
    public void SaveLastIfUsable()
    {
        string trial = _files.AtStep(_trainer.StepsDone);
        Save(trial);
        try
        {
            Checkpoint.Load(_trainer, trial);
        }
        catch (ModelFileException)
        {
            File.Delete(trial);
            throw;
        }

        SaveLast();
    }

    /// <summary>Saves the state as the newest and under its step's number, and removes the oldest beyond those to keep.</summary>
    public void SaveNumbered()
    {
        SaveLast();
        Save(_files.AtStep(_trainer.StepsDone));
        foreach (string file in _files.Numbered().Skip(_kept))
            File.Delete(file);
    }

    /// <summary>Saves the state as the best if it is.</summary>
    public void Offer(Score score)
    {
        if (!score.IsBetterThan(Best))
            return;
        Checkpoint.Save(_trainer, _files.Best, Notes(score, _trainer.StepsDone));
        Best = score;
        BestStep = _trainer.StepsDone;
    }

    /// <summary>Takes note of checkpoints that were deleted: the best is then chosen among those to come.</summary>
    /// <returns>Those that a run needs, in words.</returns>
    public IReadOnlyList<string> FindDeleted()
    {
        var deleted = new List<string>();
        if (_lastSaved && !File.Exists(_files.Last))
            deleted.Add("the last checkpoint");
        if (Best is not null && !File.Exists(_files.Best))
        {
            deleted.Add($"the best checkpoint, of step {BestStep}");
            (Best, BestStep) = (null, 0);
        }

        return deleted;
    }

    /// <summary>The best model; null if its file is gone.</summary>
    public Model? LoadBest()
    {
        if (!File.Exists(_files.Best))
            return null;
        Model best = _trainer.Model.Clone();
        try
        {
            ModelFile.LoadInto(best, _files.Best);
            return best;
        }
        catch
        {
            best.Dispose();
            throw;
        }
    }

    private static string NoteOf(ScoreKind scored) => $"run.{scored.KeyOf("best")}";

    private static double Number(IReadOnlyDictionary<string, string> notes, string name, double defaultValue) =>
        notes.TryGetValue(name, out string? text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : defaultValue;

    private void Save(string path) => Checkpoint.Save(_trainer, path, Notes(Best, BestStep));

    private Dictionary<string, string> Notes(Score? best, long bestStep) =>
        new(TrainingNotes.Of(_data.Config, _data.ClassNames, _trainer.Options.Loss))
        {
            [NoteOf(_scored)] = (best?.Value ?? None).ToString("R", CultureInfo.InvariantCulture),
            [BestStepNote] = bestStep.ToString(CultureInfo.InvariantCulture),
        };
}
