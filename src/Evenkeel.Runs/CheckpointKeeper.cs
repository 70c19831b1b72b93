using System.Globalization;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Runs;

/// <summary>Writes a run's checkpoints, keeps the newest few, and remembers the best.</summary>
internal sealed class CheckpointKeeper
{
    private const string BestAccuracyNote = "run.bestAccuracy";
    private const string BestStepNote = "run.bestStep";
    private const string SecondsNote = "run.seconds";
    private readonly RunFiles _files;
    private readonly Trainer _trainer;
    private readonly LoadedData _data;
    private readonly int _kept;
    private bool _lastSaved;

    public CheckpointKeeper(RunFiles files, TrainingSetup setup)
    {
        _files = files;
        _trainer = setup.Trainer;
        _data = setup.Data;
        _kept = setup.Config.KeepCheckpoints;
        Directory.CreateDirectory(files.Checkpoints);
    }

    /// <summary>Best validation accuracy so far; below 0 before the first evaluation.</summary>
    public double BestAccuracy { get; private set; } = -1;

    /// <summary>Its step.</summary>
    public long BestStep { get; private set; }

    /// <summary>The best accuracy of the run that a checkpoint's notes come from; null if they do not say.</summary>
    public static double? BestAccuracyOf(IReadOnlyDictionary<string, string> notes) =>
        Number(notes, BestAccuracyNote, -1) is >= 0 and var accuracy ? accuracy : null;

    /// <summary>Puts the trainer where the run stopped; there must be a checkpoint.</summary>
    /// <returns>Seconds of training before, where an older version has noted them; else 0.</returns>
    public double Restore()
    {
        IReadOnlyDictionary<string, string> notes = Checkpoint.Load(_trainer, _files.Newest!);
        BestAccuracy = Number(notes, BestAccuracyNote, -1);
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
    public void Offer(double accuracy)
    {
        if (accuracy <= BestAccuracy)
            return;
        Checkpoint.Save(_trainer, _files.Best, Notes(accuracy, _trainer.StepsDone));
        BestAccuracy = accuracy;
        BestStep = _trainer.StepsDone;
    }

    /// <summary>Takes note of checkpoints that were deleted: the best is then chosen among those to come.</summary>
    /// <returns>Those that a run needs, in words.</returns>
    public IReadOnlyList<string> FindDeleted()
    {
        var deleted = new List<string>();
        if (_lastSaved && !File.Exists(_files.Last))
            deleted.Add("the last checkpoint");
        if (BestAccuracy >= 0 && !File.Exists(_files.Best))
        {
            deleted.Add($"the best checkpoint, of step {BestStep}");
            (BestAccuracy, BestStep) = (-1, 0);
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

    private static double Number(IReadOnlyDictionary<string, string> notes, string name, double defaultValue) =>
        notes.TryGetValue(name, out string? text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : defaultValue;

    private void Save(string path) => Checkpoint.Save(_trainer, path, Notes(BestAccuracy, BestStep));

    private Dictionary<string, string> Notes(double bestAccuracy, long bestStep) =>
        new(TrainingNotes.Of(_data.Config, _data.ClassNames))
        {
            [BestAccuracyNote] = bestAccuracy.ToString("R", CultureInfo.InvariantCulture),
            [BestStepNote] = bestStep.ToString(CultureInfo.InvariantCulture),
        };
}
