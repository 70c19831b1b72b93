using Evenkeel.Cli.Terminal;
using Evenkeel.Configuration;
using Evenkeel.Data;
using Evenkeel.Data.Mnist;
using Evenkeel.Data.Synthetic;

namespace Evenkeel.Cli.Configuration;

/// <summary>Training, validation and test data.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Validation">What is followed during training: the part held out, or the test data.</param>
/// <param name="Test">What is never trained on.</param>
internal sealed record LoadedData(IDataset Train, IDataset Validation, IDataset Test);

/// <summary>Loads data as configured, the same way for every verb.</summary>
internal static class DataSource
{
    private const string Standardized = "standardized";

    /// <summary>Loads, generates or downloads; what is downloaded is told on standard error.</summary>
    /// <exception cref="DataFormatException">A file is missing or damaged.</exception>
    /// <exception cref="DataUnavailableException">A download failed.</exception>
    /// <exception cref="ConfigurationException">More examples were asked for than there are.</exception>
    public static LoadedData Load(DataConfig config, CommandContext context)
    {
        DatasetSplit split = LoadSplit(config, context);
        IDataset train = First(split.Train, config.TrainCount, "trainCount");
        IDataset test = First(split.Test, config.TestCount, "testCount");
        if (config.Validation == 0)
            return new LoadedData(train, test, test);
        if (config.Validation >= train.Count)
        {
            throw new ConfigurationException(
                $"data.validation: {config.Validation} of {train.Count} training examples cannot be held out; leave some to train on."
            );
        }

        DatasetSplit held = train.HoldOut(config.Validation);
        return new LoadedData(held.Train, held.Test, test);
    }

    /// <summary>Loads the test data alone; exceptions as for <see cref="Load"/>.</summary>
    public static IDataset LoadTest(DataConfig config, CommandContext context)
    {
        // Digits take time to make, and only standardising needs those to train on.
        bool generate = config is { Source: DataConfig.Digits, Encoding: not Standardized };
        DatasetSplit split = LoadSplit(generate ? config with { TrainCount = 1 } : config, context);
        return First(split.Test, config.TestCount, "testCount");
    }

    private static DatasetSplit LoadSplit(DataConfig config, CommandContext context)
    {
        PixelEncoding encoding = config.Encoding == "binary" ? PixelEncoding.Binary : PixelEncoding.UnitScale;
        DatasetSplit split = config.Source switch
        {
            DataConfig.Digits => GenerateDigits(config, encoding, context.Cancellation),
            DataConfig.Mnist => Download(MnistVariant.Mnist, encoding, context),
            DataConfig.Fashion => Download(MnistVariant.FashionMnist, encoding, context),
            _ => MnistFiles.Load(MnistVariant.Mnist, config.Source, encoding),
        };
        return config.Encoding == Standardized ? Standardize(split) : split;
    }

    private static DatasetSplit GenerateDigits(
        DataConfig config,
        PixelEncoding encoding,
        CancellationToken cancellation
    ) =>
        new(
            Digits.GenerateTrain(config.TrainCount ?? Digits.TrainCount, encoding, cancellation: cancellation),
            Digits.GenerateTest(config.TestCount ?? Digits.TestCount, encoding, cancellation: cancellation)
        );

    private static DatasetSplit Download(MnistVariant variant, PixelEncoding encoding, CommandContext context)
    {
        var options = new MnistDownloadOptions { Progress = new DownloadNotes(context.Progress) };
        return MnistFiles
            .LoadOrDownloadAsync(variant, options, encoding, context.Cancellation)
            .GetAwaiter()
            .GetResult();
    }

    // Mean and deviation of the training data for both parts: the test data must not tell anything about itself.
    private static DatasetSplit Standardize(DatasetSplit split)
    {
        var train = (InMemoryDataset)split.Train;
        (double mean, double deviation) = train.MeasurePixels();
        PixelEncoding encoding = PixelEncoding.Standardized(mean, deviation);
        return new DatasetSplit(train.WithEncoding(encoding), ((InMemoryDataset)split.Test).WithEncoding(encoding));
    }

    private static IDataset First(IDataset data, int? count, string field) =>
        count is not { } n || n == data.Count ? data
        : n < data.Count ? data.Take(n)
        : throw new ConfigurationException(
            $"data.{field}: {n} examples were asked for, but '{data.Name}' has {data.Count}."
        );

    /// <summary>One line per file that is fetched.</summary>
    private sealed class DownloadNotes(ProgressView view) : IProgress<MnistDownloadProgress>
    {
        private string _file = "";

        public void Report(MnistDownloadProgress value)
        {
            if (value.File == _file)
                return;
            _file = value.File;
            view.Note($"downloading {value.File} from {value.Source.Host}");
        }
    }
}
