using Evenkeel.Configuration;
using Evenkeel.Data;
using Evenkeel.Data.Mnist;

namespace Evenkeel.Runs.Configuration;

/// <summary>Loads MNIST and its like.</summary>
internal static class PixelDataSource
{
    // Low contrast: what a model meets in another room than the one it was trained in.
    private const double FadedContrast = 0.4;
    private const double FadedBlack = 0.3;

    /// <inheritdoc cref="DataSource.Load"/>
    public static LoadedData Load(PixelDataConfig config, RunHost host, CancellationToken cancellation)
    {
        DatasetSplit split = LoadSplit(config, host, cancellation);
        return DataSource.Parted((split.Train, split.Test), config);
    }

    /// <inheritdoc cref="DataSource.LoadTest"/>
    public static IDataset LoadTest(PixelDataConfig config, RunHost host, CancellationToken cancellation)
    {
        // Digits take time to make, and only standardising needs those to train on.
        bool generate = config is { Source: DataConfig.Digits, Encoding: not PixelDataConfig.Standardized };
        DatasetSplit split = LoadSplit(generate ? config with { TrainCount = 1 } : config, host, cancellation);
        return DataSource.First(split.Test, config.TestCount, "testCount");
    }

    private static DatasetSplit LoadSplit(PixelDataConfig config, RunHost host, CancellationToken cancellation)
    {
        PixelEncoding encoding = config.Encoding switch
        {
            "binary" => PixelEncoding.Binary,
            "inverted" => PixelEncoding.Inverted,
            "faded" => PixelEncoding.Contrast(FadedContrast, FadedBlack),
            _ => PixelEncoding.UnitScale,
        };
        DatasetSplit split = config.Source switch
        {
            DataConfig.Digits => GenerateDigits(config, encoding, cancellation),
            DataConfig.Mnist => Download(MnistVariant.Mnist, encoding, host, cancellation),
            DataConfig.Fashion => Download(MnistVariant.FashionMnist, encoding, host, cancellation),
            _ => MnistFiles.Load(MnistVariant.Mnist, RequireNoImages(config.Source), encoding),
        };
        return config.Encoding == PixelDataConfig.Standardized ? Standardize(split) : split;
    }

    // Images given to a configuration for MNIST are a mistake that its file names would not explain.
    private static string RequireNoImages(string source) =>
        !File.Exists(source) && !Directory.Exists(Path.Combine(source, "train"))
            ? source
            : throw new ConfigurationException(
                $"data.source: {source} is not a folder with MNIST's four files; if it holds images, set data.type to "
                    + $"\"{ImageDataConfig.Word}\"."
            );

    private static DatasetSplit GenerateDigits(
        PixelDataConfig config,
        PixelEncoding encoding,
        CancellationToken cancellation
    ) =>
        new(
            Digits.GenerateTrain(config.TrainCount ?? Digits.TrainCount, encoding, cancellation: cancellation),
            Digits.GenerateTest(config.TestCount ?? Digits.TestCount, encoding, cancellation: cancellation)
        );

    private static DatasetSplit Download(
        MnistVariant variant,
        PixelEncoding encoding,
        RunHost host,
        CancellationToken cancellation
    )
    {
        var options = new MnistDownloadOptions { Progress = new DownloadNotes(host) };
        return MnistFiles.LoadOrDownloadAsync(variant, options, encoding, cancellation).GetAwaiter().GetResult();
    }

    // Mean and deviation of the training data for both parts: the test data must not tell anything about itself.
    private static DatasetSplit Standardize(DatasetSplit split)
    {
        var train = (InMemoryDataset)split.Train;
        (double mean, double deviation) = train.MeasurePixels();
        PixelEncoding encoding = PixelEncoding.Standardized(mean, deviation);
        return new DatasetSplit(train.WithEncoding(encoding), ((InMemoryDataset)split.Test).WithEncoding(encoding));
    }

    /// <summary>One line per file that is fetched.</summary>
    private sealed class DownloadNotes(RunHost host) : IProgress<MnistDownloadProgress>
    {
        private string _file = "";

        public void Report(MnistDownloadProgress value)
        {
            if (value.File == _file)
                return;
            _file = value.File;
            host.Announce($"downloading {value.File} from {value.Source.Host}");
        }
    }
}
