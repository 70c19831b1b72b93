using Evenkeel.Cli.Configuration;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Configuration;
using Evenkeel.Lowering;
using Evenkeel.Ranks;

namespace Evenkeel.Cli.Runs;

/// <summary>Data, model and trainer of a configuration; everything that can be wrong with it shows here, before a folder is made.</summary>
internal sealed record TrainingSetup(RunConfig Config, LoadedData Data, Model Model, Trainer Trainer, RankLead Lead)
    : IDisposable
{
    /// <summary>Steps of the whole run.</summary>
    public long TotalSteps { get; } = Config.TotalSteps(Data.Train.Count);

    /// <summary>Loads the data, makes the model and plans its training.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="context">Where progress is told.</param>
    /// <param name="ranks">This rank's end of those that train as one; null where it trains alone.</param>
    /// <param name="initialize">Gives the new model its values where they do not come from the seed alone.</param>
    public static TrainingSetup Create(
        RunConfig config,
        CommandContext context,
        Communicator? ranks,
        Action<Model>? initialize = null
    )
    {
        LoadedData data = DataSource.Load(config.Data, config.Training.Seed, context);
        Model model = Model.Create(config.Network, config.Training.Seed);
        Trainer? trainer = null;
        try
        {
            initialize?.Invoke(model);
            if (ranks is { Size: > 1 } && config.Training.Exchange == ExchangeMode.Fast)
                context.Note(
                    $"exchange is fast: the last bits depend on {ranks.Engine} and on its {ranks.Size} ranks."
                );
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

    /// <summary>Reads the configured initial weights, of a run the best ones, and tells what that assumed.</summary>
    public static void LoadInitialWeights(Model model, RunConfig config, CommandContext context)
    {
        if (config.Init is not { } given)
            return;
        if (!Path.Exists(given))
            throw new ConfigurationException($"init: the file {given} does not exist.");
        string file = ModelPath.Resolve(given);
        if (ModelFormats.Of(file) == ModelFormat.Onnx)
        {
            throw new ConfigurationException(
                $"init: {file} is an ONNX file; weights are taken from .safetensors files, which 'evenkeel export' makes of it."
            );
        }

        ModelFile.LoadInto(model, file);
        // What was assumed holds for the file; the model that is trained from it gets values of its own.
        using Model read = ModelFile.Load(file, model.Graph);
        foreach (string note in read.Notes)
            context.Note(note);
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
