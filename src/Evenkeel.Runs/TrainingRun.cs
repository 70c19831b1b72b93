using Evenkeel.Configuration;
using Evenkeel.Ranks;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Runs;

/// <summary>
/// Trains the network of a configuration in a folder of its own: logs, evaluates, saves, and goes on after a stop to the bits of a run that
/// never stopped.
/// </summary>
public static class TrainingRun
{
    /// <summary>Begins a run and trains to its last step, or until it is told to stop.</summary>
    /// <param name="config">What is trained, on what, and how.</param>
    /// <param name="folder">The folder of the run; it is made, or empty.</param>
    /// <param name="host">Hears of the run; null where nobody does.</param>
    /// <param name="ranks">The first rank's end of those that train as one, of which the others <see cref="Follow"/>; null where it trains alone.</param>
    /// <param name="cancellation">Ends the run after the current step, with its state saved.</param>
    /// <returns>What came out, and where it lies.</returns>
    /// <exception cref="ConfigurationException">The configuration is wrong, or does not fit its data; nothing is written.</exception>
    /// <exception cref="RunFolderException">The folder is not free.</exception>
    /// <exception cref="Data.DataFormatException">The data is missing or damaged; nothing is written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before training began; nothing is written.</exception>
    /// <exception cref="RunStoppedException">Training could not go on; the state is saved.</exception>
    /// <exception cref="RunUnsavedException">Something of the run could not be saved.</exception>
    public static RunOutcome Start(
        RunConfig config,
        string folder,
        RunHost? host = null,
        Communicator? ranks = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        RequireFirst(ranks);
        host ??= RunHost.Silent;
        config.RequireValid();
        RunFolder.RequireFree(folder);
        using TrainingSetup setup = TrainingSetup.Create(
            config,
            host,
            ranks,
            model => InitialWeights.Load(model, config, host),
            cancellation
        );
        using RunFolder own = RunFolder.Create(folder);
        RunRecord record = RunRecord.Begin(own.Files, setup, host.Command);
        record.Save();
        using TrainingLoop loop = TrainingLoop.Begin(setup, own, record, host);
        return loop.Run(cancellation);
    }

    /// <summary>
    /// Goes on with a run from its last checkpoint, as if it had never stopped; from its first step where it has no checkpoint yet.
    /// </summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="config">
    /// Its configuration with changes that leave it the same run: its length, threads, workers, and when it logs, evaluates and saves. Null for
    /// the one that it had.
    /// </param>
    /// <param name="host">Hears of the run; null where nobody does.</param>
    /// <param name="ranks">As for <see cref="Start"/>.</param>
    /// <param name="cancellation">As for <see cref="Start"/>.</param>
    /// <returns>What came out, and where it lies.</returns>
    /// <exception cref="ConfigurationException">A change would make it another run.</exception>
    /// <exception cref="RunFolderException">There is no run in the folder, or another process trains there.</exception>
    /// <exception cref="InvalidDataException">The record of the run or its checkpoint is damaged.</exception>
    /// <exception cref="Data.DataFormatException">The data is missing or damaged.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before training began.</exception>
    /// <exception cref="RunStoppedException">Training could not go on; the state is saved.</exception>
    /// <exception cref="RunUnsavedException">Something of the run could not be saved.</exception>
    public static RunOutcome Resume(
        string folder,
        RunConfig? config = null,
        RunHost? host = null,
        Communicator? ranks = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        RequireFirst(ranks);
        host ??= RunHost.Silent;
        using RunFolder own = RunFolder.Open(folder);
        RunRecord record = RunRecord.Load(own.Files.Record);
        RunConfig before = RunConfigReader.Read(record.ConfigText());
        config ??= before;
        config.RequireValid();
        RequireSame(before, config, own.Files);
        bool begun = own.Files.Newest is not null;
        if (!begun)
        {
            host.Note(
                $"{folder}: the run was stopped before its first checkpoint, so it starts again at its first step."
            );
            own.BeginAgain();
        }

        using TrainingSetup setup = TrainingSetup.Create(
            config,
            host,
            ranks,
            begun ? null : model => InitialWeights.Load(model, config, host),
            cancellation
        );
        using TrainingLoop loop = begun
            ? TrainingLoop.Resume(setup, own, record, host)
            : TrainingLoop.Begin(setup, own, record, host);
        TellDecoder(folder, record.JpegDecoder, setup.Data.JpegDecoder, host);
        record.Resume(setup, host.Command);
        record.Save();
        return loop.Run(cancellation);
    }

    /// <summary>
    /// Trains as one of several ranks with a first one that begins or resumes the run; all else, a checkpoint or weights to begin with, comes from
    /// that one.
    /// </summary>
    /// <param name="config">The configuration that the first rank has.</param>
    /// <param name="ranks">This rank's end; not the first.</param>
    /// <param name="host">Hears of the loading of data; null where nobody does.</param>
    /// <param name="cancellation">Ends the loading of data; the first rank ends the training.</param>
    /// <exception cref="ConfigurationException">The configuration is wrong, or does not fit its data.</exception>
    /// <exception cref="CommunicatorException">Another rank failed, or has another configuration.</exception>
    public static void Follow(
        RunConfig config,
        Communicator ranks,
        RunHost? host = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(ranks);
        if (ranks.Rank == 0)
            throw new ArgumentException(
                "Only rank 0 calls Start or Resume; the other ranks call Follow.",
                nameof(ranks)
            );
        config.RequireValid();
        using TrainingSetup setup = TrainingSetup.Create(
            config,
            host ?? RunHost.Silent,
            ranks,
            cancellation: cancellation
        );
        setup.Lead.Follow();
    }

    private static void RequireFirst(Communicator? ranks)
    {
        if (ranks is { Rank: > 0 })
            throw new ArgumentException(
                "Rank 0 calls Start or Resume; only the other ranks call Follow.",
                nameof(ranks)
            );
    }

    private static void RequireSame(RunConfig before, RunConfig config, RunFiles files)
    {
        if (RunConfigWriter.FirstDifference(before, config) is { } field)
        {
            string weights = files.Newest is { } newest ? $" with \"init\": \"{newest}\"" : "";
            throw new ConfigurationException(
                $"{files.Folder}: '{field}' cannot change when a run is resumed; start a new run{weights}."
            );
        }
    }

    // Both compute alike, so this is no reason to refuse.
    private static void TellDecoder(string path, string? before, string? now, RunHost host)
    {
        if (before is not null && now is not null && before != now)
        {
            host.Note(
                $"{path}: its JPEG files were decoded by {before} (now {now}); if the decoders differ, the result is not that of a "
                    + "run that never stopped. A new run with data.decoder \"managed\" gives the same bits on every machine."
            );
        }
    }
}
