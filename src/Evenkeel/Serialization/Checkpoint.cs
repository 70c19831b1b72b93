using System.Globalization;
using Evenkeel.Configuration;
using Evenkeel.Data.Loading;
using Evenkeel.Kernels.Threading;
using Evenkeel.Serialization;

namespace Evenkeel;

/// <summary>
/// A training state in one safetensors file: parameters, running statistics, optimiser state and the position in the data. A resumed
/// training has the same bits as one that never stopped, on any number of threads.
/// </summary>
public static class Checkpoint
{
    private const string Prefix = "evenkeel.";

    /// <summary>Writes the state of a trainer; the file is written completely or not at all.</summary>
    /// <param name="trainer">The trainer, between two steps.</param>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="notes">Additional metadata, for example the best accuracy so far.</param>
    /// <exception cref="InvalidOperationException">Another thread is in a step of the trainer.</exception>
    /// <exception cref="ObjectDisposedException">The trainer or its model has been disposed of.</exception>
    public static void Save(Trainer trainer, string path, IReadOnlyDictionary<string, string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        using Exclusive.Turn turn = trainer.Enter();
        SafeTensorsWriter writer = ModelFile.Writer(trainer.Model);
        foreach (Setting setting in Identity(trainer).Where(s => s.Value != s.Unsaid))
            writer.WithMetadata(Prefix + setting.Key, setting.Value);
        foreach ((string key, string value) in Progress(trainer))
            writer.WithMetadata(Prefix + key, value);
        foreach ((string key, string value) in notes ?? new Dictionary<string, string>())
            writer.WithMetadata(key, value);
        foreach ((string name, int state, TensorPlace place) in OptimizerTensors(trainer))
            ModelTensors.AddFloats(writer, name, place.Tensor.Spec, () => trainer.Optimizer.Of(state, place));
        writer.Save(path);
    }

    /// <summary>Restores the state of a trainer from a file; a file that is refused changes nothing.</summary>
    /// <returns>The file's metadata, with the notes.</returns>
    /// <exception cref="SafeTensorsException">The file is not safetensors, or damaged.</exception>
    /// <exception cref="ModelFileException">
    /// The file is not a checkpoint, belongs to another network, or was written with other data or options.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another thread is in a step of the trainer.</exception>
    /// <exception cref="ObjectDisposedException">The trainer or its model has been disposed of.</exception>
    public static IReadOnlyDictionary<string, string> Load(Trainer trainer, string path)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        using Exclusive.Turn turn = trainer.Enter();
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        foreach ((string key, string expected, string? unsaid) in Identity(trainer))
        {
            string found = reader.Metadata.GetValueOrDefault(Prefix + key) ?? unsaid ?? Read(reader, key, path);
            if (found != expected)
            {
                throw new ModelFileException(
                    $"{path}: it was written with {key} {found}, and {key} is now {expected}; the result would differ from that of a run without "
                        + "a stop. Use the same settings, or use the file as initial weights of a new run."
                );
            }
        }

        using Model restored = trainer.Model.Clone();
        ModelTensors.Read(reader, restored, path, ValueChecks.Usable);
        var optimizer = new OptimizerValues(trainer.Options.Optimizer, restored.Layout);
        foreach ((string name, int state, TensorPlace place) in OptimizerTensors(trainer))
            ModelTensors.ReadFloats(
                reader,
                name,
                place.Tensor.Spec,
                optimizer.Of(state, place),
                path,
                ValueChecks.Usable
            );
        trainer.ContinueFrom(
            ReadNumber(reader, "step", path),
            ReadNumber(reader, "optimizerSteps", path),
            ReadNumber(reader, "skippedBatches", path),
            new LoaderPosition(
                checked((int)ReadNumber(reader, "epoch", path)),
                checked((int)ReadNumber(reader, "batchInEpoch", path))
            )
        );
        // The last, when nothing can be wrong with the file any more.
        optimizer.Memory.All.CopyTo(trainer.Optimizer.Memory.All);
        trainer.Model.CopyFrom(restored);
        return reader.Metadata;
    }

    /// <summary>Number of steps done when a checkpoint was written.</summary>
    /// <exception cref="SafeTensorsException">The file is not safetensors, or damaged.</exception>
    /// <exception cref="ModelFileException">The file is not a checkpoint.</exception>
    public static long StepsDone(string path)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        return ReadNumber(reader, "step", path);
    }

    // What must be equal for the same bits; threads and prefetch are left out because they change none.
    private static IEnumerable<Setting> Identity(Trainer trainer)
    {
        TrainingOptions o = trainer.Options,
            usual = new();
        yield return new("graph", GraphJson.ToText(trainer.Model.Graph));
        yield return new("batchSize", Text(o.BatchSize));
        yield return new("loss", o.Loss.ToString(), usual.Loss.ToString());
        yield return new("optimizer", o.Optimizer.ToString());
        yield return new("seed", o.Seed.ToString(CultureInfo.InvariantCulture));
        yield return new("shuffle", o.Shuffle.ToString());
        yield return new("shards", Text(o.Shards));
        yield return new("lastBatch", o.LastBatch.ToString());
        yield return new("clipNorm", o.ClipNorm?.ToString("R", CultureInfo.InvariantCulture) ?? "none");
        yield return new("slices", Text(o.Slices), Text(usual.Slices));
        yield return new("accumulate", Text(o.Accumulate), Text(usual.Accumulate));
        yield return new("exchange", o.Exchange.ToString(), usual.Exchange.ToString());
        yield return new("keepActivations", o.KeepActivations.ToString(), usual.KeepActivations.ToString());
        yield return new("data", $"{trainer.Data.Name}, {Text(trainer.Data.Count)} examples");
    }

    private static IEnumerable<(string Key, string Value)> Progress(Trainer trainer) =>
        [
            ("step", Text(trainer.StepsDone)),
            ("optimizerSteps", Text(trainer.Updates)),
            ("skippedBatches", Text(trainer.SkippedBatches)),
            ("epoch", Text(trainer.Position.Epoch)),
            ("batchInEpoch", Text(trainer.Position.Batch)),
        ];

    private static IEnumerable<(string Name, int State, TensorPlace Place)> OptimizerTensors(Trainer trainer)
    {
        IReadOnlyList<string> states = trainer.Options.Optimizer.StateNames;
        return from state in Enumerable.Range(0, states.Count)
            from place in trainer.Model.Layout.Tensors
            where place.Tensor.Spec.Trainable
            select ($"{TensorNames.OptimizerPrefix}{states[state]}.{place.Tensor.Name}", state, place);
    }

    private static string Read(SafeTensorsReader reader, string key, string path) =>
        reader.Metadata.TryGetValue(Prefix + key, out string? value)
            ? value
            : throw new ModelFileException($"{path}: its metadata has no '{Prefix}{key}', so it is not a checkpoint.");

    private static long ReadNumber(SafeTensorsReader reader, string key, string path) =>
        long.TryParse(Read(reader, key, path), NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new ModelFileException($"{path}: its '{Prefix}{key}' is not a number; the file is damaged.");

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    // Unsaid: what a file means that does not say it.
    private readonly record struct Setting(string Key, string Value, string? Unsaid = null);
}
