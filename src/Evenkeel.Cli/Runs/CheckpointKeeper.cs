using System.Globalization;
using Evenkeel.Cli.Configuration;
using Evenkeel.Serialization;
using Evenkeel.Training;

namespace Evenkeel.Cli.Runs;

/// <summary>Writes a run's checkpoints, keeps the newest few, and remembers the best.</summary>
internal sealed class CheckpointKeeper
{
    private const string BestAccuracyNote = "run.bestAccuracy";
    private const string BestStepNote = "run.bestStep";
    private const string SecondsNote = "run.seconds";
    private readonly RunFolder _folder;
    private readonly Trainer _trainer;
    private readonly LoadedData _data;
    private readonly int _kept;

    public CheckpointKeeper(RunFolder folder, TrainingSetup setup)
    {
        _folder = folder;
        _trainer = setup.Trainer;
        _data = setup.Data;
        _kept = setup.Config.KeepCheckpoints;
        Directory.CreateDirectory(folder.Checkpoints);
    }

    /// <summary>Best validation accuracy so far; below 0 before the first evaluation.</summary>
    public double BestAccuracy { get; private set; } = -1;

    /// <summary>Its step.</summary>
    public long BestStep { get; private set; }

    /// <summary>The best accuracy of the run that a checkpoint's notes come from; null if they do not say.</summary>
    public static double? BestAccuracyOf(IReadOnlyDictionary<string, string> notes) =>
        Number(notes, BestAccuracyNote, -1) is >= 0 and var accuracy ? accuracy : null;

    /// <summary>Puts the trainer where the run stopped.</summary>
    /// <returns>Seconds of training before.</returns>
    public double Restore()
    {
        IReadOnlyDictionary<string, string> notes = Checkpoint.Load(_trainer, _folder.Last);
        BestAccuracy = Number(notes, BestAccuracyNote, -1);
        BestStep = (long)Number(notes, BestStepNote, 0);
        return Number(notes, SecondsNote, 0);
    }

    /// <summary>Saves the state as the newest, from which the run can go on.</summary>
    public void SaveLast(double seconds) => Checkpoint.Save(_trainer, _folder.Last, Notes(seconds));

    /// <summary>Saves the state under its step's number and as the newest, and removes the oldest beyond those to keep.</summary>
    public void SaveNumbered(double seconds)
    {
        Checkpoint.Save(_trainer, _folder.AtStep(_trainer.StepsDone), Notes(seconds));
        SaveLast(seconds);
        IEnumerable<string> old = Directory
            .GetFiles(_folder.Checkpoints, "step-*.safetensors")
            .OrderByDescending(StepOf)
            .Skip(_kept);
        foreach (string file in old)
            File.Delete(file);
    }

    /// <summary>Saves the state as the best if it is.</summary>
    public void Offer(double accuracy, double seconds)
    {
        if (accuracy <= BestAccuracy)
            return;
        BestAccuracy = accuracy;
        BestStep = _trainer.StepsDone;
        Checkpoint.Save(_trainer, _folder.Best, Notes(seconds));
    }

    /// <summary>The best model; null if its file is gone.</summary>
    public Model? LoadBest()
    {
        if (!File.Exists(_folder.Best))
            return null;
        Model best = _trainer.Model.Clone();
        try
        {
            ModelFile.LoadInto(best, _folder.Best);
            return best;
        }
        catch
        {
            best.Dispose();
            throw;
        }
    }

    private static long StepOf(string file) =>
        long.TryParse(
            Path.GetFileNameWithoutExtension(file)["step-".Length..],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long step
        )
            ? step
            : long.MaxValue;

    private static double Number(IReadOnlyDictionary<string, string> notes, string name, double otherwise) =>
        notes.TryGetValue(name, out string? text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : otherwise;

    private Dictionary<string, string> Notes(double seconds) =>
        new(TrainingNotes.Of(_data.Config, _data.ClassNames))
        {
            [BestAccuracyNote] = BestAccuracy.ToString("R", CultureInfo.InvariantCulture),
            [BestStepNote] = BestStep.ToString(CultureInfo.InvariantCulture),
            [SecondsNote] = seconds.ToString("R", CultureInfo.InvariantCulture),
        };
}
