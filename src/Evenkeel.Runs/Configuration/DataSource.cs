using Evenkeel.Configuration;
using Evenkeel.Data;
using Evenkeel.Data.Images;

namespace Evenkeel.Runs.Configuration;

/// <summary>Training, validation and test data.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Validation">What is followed during training: the part held out, or the test data.</param>
/// <param name="Test">What is never trained on.</param>
/// <param name="Config">The configuration with what was measured while loading.</param>
/// <param name="Damage">Files that are not shown as they are, to be told of again at the end; null where there are no image files.</param>
/// <param name="JpegDecoder">What decodes JPEG files; null where there are none.</param>
internal sealed record LoadedData(
    IDataset Train,
    IDataset Validation,
    IDataset Test,
    DataConfig Config,
    DamageNotes? Damage = null,
    string? JpegDecoder = null
)
{
    /// <summary>Names of the classes by label; none where the data does not say them, or has other targets.</summary>
    public IReadOnlyList<string> ClassNames =>
        Config.Targets != TargetKind.Labels ? []
        : Train is ImageDataset images ? images.Source.ClassNames
        : Config.ClassNames;

    /// <summary>The same with the targets that the configuration asks for.</summary>
    public LoadedData Aimed()
    {
        IDataset test = Config.Aim(Test);
        return this with
        {
            Train = Config.Aim(Train),
            Validation = ReferenceEquals(Validation, Test) ? test : Config.Aim(Validation),
            Test = test,
        };
    }
}

/// <summary>Loads data as configured, the same way for every verb.</summary>
internal static class DataSource
{
    /// <summary>Loads, generates or downloads.</summary>
    /// <param name="config">Which data.</param>
    /// <param name="seed">Which random crops, mirrors and colours of training images.</param>
    /// <param name="host">Where downloads, and files that are left out, are told.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DataFormatException">A file is missing or damaged.</exception>
    /// <exception cref="DataUnavailableException">A download failed.</exception>
    /// <exception cref="ConfigurationException">The data is not what the configuration says.</exception>
    public static LoadedData Load(DataConfig config, ulong seed, RunHost host, CancellationToken cancellation) =>
        LoadInputs(config, seed, host, cancellation).Aimed();

    /// <summary>Loads the test data alone, mixed or in its own order, whatever its targets; exceptions as for <see cref="Load"/>.</summary>
    public static IDataset LoadTest(
        DataConfig config,
        RunHost host,
        CancellationToken cancellation,
        bool inOrder = false
    ) =>
        config switch
        {
            ImageDataConfig images => ImageDataSource.LoadTest(images, inOrder, host, cancellation),
            ArrayDataConfig arrays => First(arrays.LoadTest(), arrays.TestCount, "testCount"),
            GivenDataConfig given => given.Require().Test,
            _ => PixelDataSource.LoadTest((PixelDataConfig)config, host, cancellation),
        };

    /// <summary>Examples to learn statistics from and to judge by, for a trained model, whatever their targets; exceptions as for <see cref="Load"/>.</summary>
    public static (IDataset Train, IDataset Test) LoadParts(
        DataConfig config,
        ulong seed,
        RunHost host,
        CancellationToken cancellation
    )
    {
        if (config is ImageDataConfig images)
            return ImageDataSource.LoadParts(images, seed, host, cancellation);
        LoadedData data = LoadInputs(config, seed, host, cancellation);
        return (data.Train, data.Test);
    }

    private static LoadedData LoadInputs(DataConfig config, ulong seed, RunHost host, CancellationToken cancellation) =>
        config switch
        {
            ImageDataConfig images => ImageDataSource.Load(images, seed, host, cancellation),
            ArrayDataConfig arrays => Parted(arrays.Load(), arrays),
            GivenDataConfig given => Parted(given.Require(), given),
            _ => PixelDataSource.Load((PixelDataConfig)config, host, cancellation),
        };

    /// <summary>The parts of whole data sets that a configuration asks for.</summary>
    internal static LoadedData Parted((IDataset Train, IDataset Test) whole, DataConfig config)
    {
        IDataset train = First(whole.Train, config.TrainCount, "trainCount");
        IDataset test = First(whole.Test, config.TestCount, "testCount");
        if (config.Validation == 0)
            return new LoadedData(train, test, test, config);
        RequireRest(config.Validation, train.Count);
        DatasetSplit held = train.HoldOut(config.Validation);
        return new LoadedData(held.Train, held.Test, test, config);
    }

    /// <summary>The first examples, or all.</summary>
    internal static IDataset First(IDataset data, int? count, string field) =>
        RequireCount(count, data.Count, data.Name, field) is { } n && n < data.Count ? data.Take(n) : data;

    /// <summary>Checks that the data has the number of examples that a field asks for.</summary>
    internal static int? RequireCount(int? wanted, int count, string name, string field) =>
        wanted is not { } n || n <= count
            ? wanted
            : throw new ConfigurationException($"data.{field}: {n} examples were asked for, but '{name}' has {count}.");

    /// <summary>Checks that something is left to train on.</summary>
    internal static void RequireRest(int heldOut, int count)
    {
        if (heldOut >= count)
        {
            throw new ConfigurationException(
                $"data.validation: {heldOut} of {count} training examples cannot be held out; leave some to train on."
            );
        }
    }
}
