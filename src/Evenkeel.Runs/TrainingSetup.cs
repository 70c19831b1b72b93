using Evenkeel.Configuration;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Scoring;
using Evenkeel.Training;

namespace Evenkeel.Runs;

/// <summary>Data, model and trainer of a configuration; everything that can be wrong with it shows here, before a folder is made.</summary>
internal sealed record TrainingSetup(RunConfig Config, LoadedData Data, Model Model, Trainer Trainer, RankLead Lead)
    : IDisposable
{
    /// <summary>Steps of the whole run.</summary>
    public long TotalSteps { get; } = Config.TotalSteps(Data.Train.Count);

    /// <summary>What the run is scored by.</summary>
    public ScoreKind Scored { get; } = ScoreKind.For(Config.Training.Loss.Kind);

    /// <summary>Loads the data, makes the model and plans its training.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="host">Who hears of it.</param>
    /// <param name="ranks">This rank's end of those that train as one; null where it trains alone.</param>
    /// <param name="initialize">Gives the new model its values where they do not come from the seed alone.</param>
    /// <param name="cancellation">Ends the loading of data.</param>
    public static TrainingSetup Create(
        RunConfig config,
        RunHost host,
        Communicator? ranks,
        Action<Model>? initialize = null,
        CancellationToken cancellation = default
    )
    {
        LoadedData data = DataSource.Load(config.Data, config.Training.Seed, host, cancellation);
        TargetFit.Require(data.Config, data.Train, config.Training.Loss);
        TargetFit.Require(data.Config, data.Test, config.Training.Loss);
        Model model = Model.Create(config.Network, config.Training.Seed);
        Trainer? trainer = null;
        try
        {
            initialize?.Invoke(model);
            if (ranks is { Size: > 1 } && config.Training.Exchange == ExchangeMode.Fast)
                host.Note($"exchange is fast: the last bits depend on {ranks.Engine} and on its {ranks.Size} ranks.");
            foreach (string note in WhiteningRows.Notes(config.Network, config.Training.BatchSize))
                host.Note(note);
            trainer = Plan(model, data, config, ranks);
            var lead = new RankLead(trainer, data, ranks);
            return new TrainingSetup(config with { Data = data.Config }, data, model, trainer, lead);
        }
        catch
        {
            trainer?.Dispose();
            model.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Lead.Dispose();
        Trainer.Dispose();
        Model.Dispose();
    }

    private static Trainer Plan(Model model, LoadedData data, RunConfig config, Communicator? ranks)
    {
        try
        {
            return new Trainer(model, data.Train, config.Training, ranks: ranks);
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"batchSize, lastBatch, slices: {e.Message}", e);
        }
    }
}
