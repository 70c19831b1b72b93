using Evenkeel.Cli.Terminal;
using Evenkeel.Configuration;
using Evenkeel.Data;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Synthetic;

namespace Evenkeel.Cli.Configuration;

/// <summary>Loads colour images: mixes them, takes parts, measures their colours, varies those to train on.</summary>
internal static class ImageDataSource
{
    // A damaged file is found when it is decoded, perhaps hours into a run; one of many is no reason to end it.
    private static readonly ImageReadOptions Reading = new() { UndecodableFiles = UndecodableFiles.Replace };

    /// <inheritdoc cref="DataSource.Load"/>
    public static LoadedData Load(ImageDataConfig config, ulong seed, CommandContext context)
    {
        ImageSplit files = Open(config, context.Cancellation);
        IImageSource train = Part(InMemory(files.Train), config, config.TrainCount, "trainCount");
        IImageSource test = Part(InMemory(files.Test), config, config.TestCount, "testCount");
        IImageSource? held = null;
        if (config.Validation > 0)
        {
            DataSource.RequireRest(config.Validation, train.Count);
            int rest = train.Count - config.Validation;
            (train, held) = (train.Slice(0, rest), train.Slice(rest, config.Validation));
        }

        if (config.Augment.Crop == CropKind.Pad)
            RequireSize(train, config);
        ChannelScaling scaling = config.Scaling ?? Measure(train, config);
        var damage = new DamageNotes(files);
        damage.Tell(context);
        ImageTransform plain = AugmentConfig.Plain(config.Size, scaling);
        var judged = new ImageDataset(test, plain);
        return new LoadedData(
            new ImageDataset(train, config.Augment.Transform(config.Size, scaling), seed),
            held is null ? judged : new ImageDataset(held, plain),
            judged,
            config with
            {
                Scaling = scaling,
            },
            damage
        );
    }

    /// <inheritdoc cref="DataSource.LoadTest"/>
    public static IDataset LoadTest(ImageDataConfig config, CommandContext context)
    {
        if (config.Scaling is not { } scaling)
        {
            context.Note(
                "the model does not say how colours are scaled: by mean and deviation of the training images; "
                    + "--mean and --deviation give others"
            );
            return Load(config, 0, context).Test;
        }

        if (IsOneFolderOfClasses(config.Source))
        {
            IImageSource all = Part(
                InMemory(ImageFolder.Open(config.Source, Reading)),
                config,
                config.TestCount,
                "testCount"
            );
            return new ImageDataset(all, AugmentConfig.Plain(config.Size, scaling));
        }

        ImageSplit files = Open(config with { TrainCount = 1 }, context.Cancellation);
        IImageSource test = Part(InMemory(files.Test), config, config.TestCount, "testCount");
        new DamageNotes(files).Tell(context);
        return new ImageDataset(test, AugmentConfig.Plain(config.Size, scaling));
    }

    // folder/class/file without a split: all of it is there to judge by.
    private static bool IsOneFolderOfClasses(string source) =>
        Directory.Exists(source)
        && !Directory.Exists(Path.Combine(source, "train"))
        && Directory.EnumerateDirectories(source).Any();

    private static ImageSplit Open(ImageDataConfig config, CancellationToken cancellation)
    {
        if (config.Source == DataConfig.Shapes)
            return Draw(config, cancellation);
        return File.Exists(config.Source) || Directory.Exists(config.Source)
            ? ImageData.Load(config.Source, Reading)
            : throw new ConfigurationException(
                $"data.source: {config.Source} does not exist; name a folder of images, a .tar or .tar.gz file of one, a folder "
                    + $"of CIFAR's binary files, or '{DataConfig.Shapes}', in the configuration or with --data."
            );
    }

    private static ImageSplit Draw(ImageDataConfig config, CancellationToken cancellation)
    {
        var options = new ShapesAndTexturesOptions
        {
            Side = Math.Clamp(config.Size, 16, 128),
            Classes = config.ClassCount!.Value,
            Seed = config.MixSeed,
        };
        int train = config.TrainCount ?? ShapesAndTextures.TrainCount,
            test = config.TestCount ?? ShapesAndTextures.TestCount;
        int most = Array.MaxLength / (options.Side * options.Side * ImageBuffer.Channels);
        if (Math.Max(train, test) > most)
        {
            throw new ConfigurationException(
                $"data.{(train > most ? "trainCount" : "testCount")}: at most {most} shapes of {options.Side} x {options.Side} can "
                    + "be drawn; ask for fewer."
            );
        }

        return ShapesAndTextures.Generate(train, test, options, cancellation);
    }

    // Files lie class by class: mixed, a part of them is a sample, and reading them in order or in shards is possible.
    private static IImageSource Part(IImageSource images, ImageDataConfig config, int? count, string field)
    {
        if (config.Classes is { } classes && classes != images.Classes)
        {
            if (classes > images.Classes)
            {
                throw new ConfigurationException(
                    $"data.classes: {classes} classes were asked for, but '{images.Name}' has {images.Classes}; ask for no more."
                );
            }

            images = images.OfClasses([.. Enumerable.Range(0, classes)]);
        }

        IImageSource mixed = images.Shuffled(config.MixSeed);
        return DataSource.RequireCount(count, mixed.Count, mixed.Name, field) is { } n && n < mixed.Count
            ? mixed.Slice(0, n)
            : mixed;
    }

    private static IImageSource InMemory(IImageSource images) =>
        images is EncodedImages encoded ? encoded.InMemory(threads: Environment.ProcessorCount) : images;

    private static void RequireSize(IImageSource images, ImageDataConfig config)
    {
        var image = new ImageBuffer();
        for (int i = 0; i < images.Count; i++)
        {
            images.Read(i, image);
            if (Math.Min(image.Height, image.Width) < config.Size)
            {
                throw new ConfigurationException(
                    $"data.size: {images.Describe(i)} has {image.Width} x {image.Height} pixels, fewer than the crop of "
                        + $"{config.Size}; use a smaller size, leave the image out, or use a crop that enlarges (\"center\", \"inception\")."
                );
            }
        }
    }

    private static ChannelScaling Measure(IImageSource images, ImageDataConfig config)
    {
        try
        {
            return ChannelScaling.Measure(images, config.Augment.CropTo(config.Size).SourceSide);
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"data.scaling: {KnownErrors.OneLine(e.Message)} Give it yourself.", e);
        }
    }
}
