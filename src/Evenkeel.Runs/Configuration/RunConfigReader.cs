using Evenkeel.Configuration;
using Evenkeel.Data.Loading;
using Evenkeel.Data.Sampling;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Training;

namespace Evenkeel.Runs.Configuration;

/// <summary>The fields of a configuration, their defaults and ranges; documented in docs/configuration.md.</summary>
internal static class RunConfigReader
{
    private const int DefaultEpochs = 10;
    private const int MaxThreads = 1024;
    private static readonly TrainingOptions Defaults = new();

    /// <summary>The words of fields with a choice.</summary>
    public static IReadOnlyDictionary<string, ShuffleMode> Shuffles { get; } =
        new Dictionary<string, ShuffleMode>
        {
            ["none"] = ShuffleMode.None,
            ["full"] = ShuffleMode.Full,
            ["shards"] = ShuffleMode.Shards,
        };

    /// <inheritdoc cref="Shuffles"/>
    public static IReadOnlyDictionary<string, LastBatch> LastBatches { get; } =
        new Dictionary<string, LastBatch>
        {
            ["drop"] = LastBatch.Drop,
            ["keep"] = LastBatch.Keep,
            ["merge"] = LastBatch.Merge,
        };

    /// <inheritdoc cref="Shuffles"/>
    public static IReadOnlyDictionary<string, ExchangeMode> Exchanges { get; } =
        new Dictionary<string, ExchangeMode> { ["exact"] = ExchangeMode.Exact, ["fast"] = ExchangeMode.Fast };

    /// <inheritdoc cref="Shuffles"/>
    public static IReadOnlyDictionary<string, ElementType> Storages { get; } =
        new Dictionary<string, ElementType> { ["float32"] = ElementType.Float32, ["bf16"] = ElementType.BFloat16 };

    /// <inheritdoc cref="Shuffles"/>
    public static IReadOnlyDictionary<string, NonFiniteLossPolicy> Policies { get; } =
        new Dictionary<string, NonFiniteLossPolicy>
        {
            ["fail"] = NonFiniteLossPolicy.Fail,
            ["skip"] = NonFiniteLossPolicy.Skip,
        };

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="ConfigurationException">
    /// A field is unknown, missing, of the wrong type or out of range, or the layers do not fit together.
    /// </exception>
    public static RunConfig Read(ConfigText text)
    {
        try
        {
            return text.Read(fields => ReadFields(fields, text.Folder));
        }
        catch (GraphException e)
        {
            throw new ConfigurationException($"{text.Name}: network: {e.Message}", e);
        }
    }

    /// <summary>Reads a configuration's fields.</summary>
    /// <param name="f">The fields.</param>
    /// <param name="folder">What paths are relative to.</param>
    internal static RunConfig ReadFields(JsonFields f, string folder)
    {
        // For editors: where the schema of the file is.
        f.Text("$schema", "");
        DataConfig data = (f.Has("data") ? DataConfig.Read(f.Object("data")) : new PixelDataConfig()).RelativeTo(
            folder
        );
        Graph network = NetworkConfig.Read(f.Object("network"), new NetworkData(() => data.Shape, data.CountClasses));
        bool bySteps = f.Has("steps");
        if (bySteps && f.Has("epochs"))
            throw new ConfigurationException($"{f.PathOf("epochs")}: give steps or epochs, not both.");
        var config = new RunConfig
        {
            Network = network,
            Data = data,
            Training = ReadTraining(f),
            Steps = bySteps ? f.Integer("steps", null, 1) : null,
            Epochs = bySteps ? null : (int)f.Integer("epochs", DefaultEpochs, 1, 1_000_000),
            Init = f.Has("init") ? Path.GetFullPath(f.FileName("init"), folder) : null,
            LogEvery = f.Integer("logEvery", 100, 1),
            EvaluateEvery = f.Integer("evaluateEvery", 500, 0),
            Patience = f.Has("patience") ? (int)f.Integer("patience", null, 1, int.MaxValue) : null,
            CheckpointEvery = f.Integer("checkpointEvery", 1000, 0),
            KeepCheckpoints = (int)f.Integer("keepCheckpoints", 3, 1, int.MaxValue),
            TensorBoard = f.Flag("tensorBoard", true),
            HistogramEvery = f.Integer("histogramEvery", 1000, 0),
            InspectEvery = f.Integer("inspectEvery", 0, 0),
            ProbeEvery = f.Integer("probeEvery", 0, 0),
        };
        TargetFit.Require(f, data, network, config.Training.Loss);
        if (config is { Patience: not null, EvaluateEvery: 0 })
            throw new ConfigurationException(
                $"{f.PathOf("patience")}: it counts evaluations; set evaluateEvery to 1 or more."
            );
        f.RequireNoOthers();
        return config;
    }

    private static TrainingOptions ReadTraining(JsonFields f)
    {
        (OptimizerConfig optimizer, LearningRate rate) = ReadOptimizer(f);
        var options = new TrainingOptions
        {
            BatchSize = (int)f.Integer("batchSize", Defaults.BatchSize, 1, int.MaxValue),
            Loss = f.Has("loss") ? LossJson.Read(f, "loss") : Defaults.Loss,
            Optimizer = optimizer,
            LearningRate = rate,
            Scaling = f.Has("scaleLearningRate") ? RateScalingJson.Read(f, "scaleLearningRate") : null,
            ClipNorm = f.Has("clipNorm") ? f.Number("clipNorm", null) : null,
            Slices = (int)f.Integer("slices", Defaults.Slices, 1, int.MaxValue),
            Accumulate = (int)f.Integer("accumulate", Defaults.Accumulate, 1, int.MaxValue),
            Exchange = f.Choice("exchange", Exchanges, Defaults.Exchange),
            KeepActivations = f.Choice("keepActivations", Storages, Defaults.KeepActivations),
            Recompute = f.Number("recompute", Defaults.Recompute),
            Seed = (ulong)f.Integer("seed", (long)Defaults.Seed, 0),
            Shuffle = f.Choice("shuffle", Shuffles, Defaults.Shuffle),
            Shards = (int)f.Integer("shards", Defaults.Shards, 1, int.MaxValue),
            LastBatch = f.Choice("lastBatch", LastBatches, Defaults.LastBatch),
            OnNonFiniteLoss = f.Choice("onNonFiniteLoss", Policies, Defaults.OnNonFiniteLoss),
            Threads = (int)f.Integer("threads", Math.Min(Environment.ProcessorCount, MaxThreads), 1, MaxThreads),
            Workers = (int)f.Integer("workers", Defaults.Workers, 1, TrainingOptions.MaxWorkers),
        };
        return f.Checked(options, o => o.Validate());
    }

    private static (OptimizerConfig Optimizer, LearningRate Rate) ReadOptimizer(JsonFields f)
    {
        bool outside = f.Has("learningRate");
        OptimizerConfig optimizer = Defaults.Optimizer;
        LearningRate? rate = outside ? LearningRateJson.Read(f, "learningRate") : null;
        if (f.Has("optimizer"))
        {
            JsonFields fields = f.Object("optimizer");
            optimizer = OptimizerJson.Read(fields);
            if (fields.Has("learningRate"))
            {
                if (outside)
                {
                    throw new ConfigurationException(
                        $"{f.PathOf("learningRate")}: 'optimizer' has it too; keep one of them."
                    );
                }

                rate = LearningRateJson.Read(fields, "learningRate");
            }

            fields.RequireNoOthers();
        }

        return (optimizer, rate ?? Defaults.LearningRate);
    }
}
