using Evenkeel.Configuration;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Synthetic;
using Evenkeel.Runs.Text;

namespace Evenkeel.Runs.Configuration;

/// <summary>Loads colour images: mixes them, takes parts, measures their colours, varies those to train on.</summary>
internal static class ImageDataSource
{
    /// <inheritdoc cref="DataSource.Load"/>
    public static LoadedData Load(ImageDataConfig config, ulong seed, RunHost host, CancellationToken cancellation)
    {
        ImageParts parts = IsDrawn(config) ? Draw(config, cancellation) : ImageParts.Split(RequireThere(config));
        return Load(parts, config, seed, host);
    }

    /// <summary>The same for a model that is trained already, from any source of images; unsplit ones are both parts.</summary>
    public static (IDataset Train, IDataset Test) LoadParts(
        ImageDataConfig config,
        ulong seed,
        RunHost host,
        CancellationToken cancellation
    )
    {
        ImageParts parts = Open(config, cancellation);
        LoadedData data = Load(parts, config with { Scaling = ScalingOf(parts, config, host) }, seed, host);
        return parts.AreLabelled
            ? (data.Train, data.Test)
            : (new WithoutLabels(data.Train), new WithoutLabels(data.Test));
    }

    /// <summary>The images to judge by, mixed; or in their order, as a list of files is read.</summary>
    public static IDataset LoadTest(ImageDataConfig config, bool inOrder, RunHost host, CancellationToken cancellation)
    {
        ImageParts parts = Open(
            config with
            {
                TrainCount = config.Scaling is null ? config.TrainCount : 1,
            },
            cancellation
        );
        ImageTransform plain = AugmentConfig.Plain(config.Frame, ScalingOf(parts, config, host));
        IImageSource images = InMemory(parts.Test);
        var damage = new DamageNotes(parts);
        damage.Tell(host);
        var data = new ImageDataset(inOrder ? images : Part(images, config, config.TestCount, "testCount"), plain);
        return parts.AreLabelled ? data : new WithoutLabels(data);
    }

    private static LoadedData Load(ImageParts parts, ImageDataConfig config, ulong seed, RunHost host)
    {
        IImageSource train = Part(InMemory(parts.Train), config, config.TrainCount, "trainCount");
        IImageSource test = parts.AreSplit ? Part(InMemory(parts.Test), config, config.TestCount, "testCount") : train;
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
        var damage = new DamageNotes(parts);
        damage.Tell(host);
        ImageTransform plain = AugmentConfig.Plain(config.Frame, scaling);
        var judged = new ImageDataset(test, plain);
        return new LoadedData(
            new ImageDataset(train, config.Augment.Transform(config.Frame, scaling), seed),
            held is null ? judged : new ImageDataset(held, plain),
            judged,
            config with
            {
                Scaling = scaling,
            },
            damage,
            parts.JpegDecoder
        );
    }

    // What a model's file does not say is measured on what it may have been trained with, or asked for.
    private static ChannelScaling ScalingOf(ImageParts parts, ImageDataConfig config, RunHost host)
    {
        if (config.Scaling is { } scaling)
            return scaling;
        if (!parts.AreSplit)
        {
            throw new ConfigurationException(
                "data.scaling: the model does not say how its colours are scaled; give mean and deviation as in its training (often "
                    + "0.485,0.456,0.406 and 0.229,0.224,0.225), or 0 and 1 for shares of 255."
            );
        }

        host.Note(
            "The model does not say how its colours are scaled: mean and deviation of the training images are used; data.scaling "
                + "sets others."
        );
        return Measure(Part(parts.Train, config, config.TrainCount, "trainCount"), config);
    }

    private static ImageParts Open(ImageDataConfig config, CancellationToken cancellation) =>
        IsDrawn(config) ? Draw(config, cancellation) : ImageParts.Open(RequireThere(config));

    private static bool IsDrawn(ImageDataConfig config) => config.Source == DataConfig.Shapes;

    private static ImageDataConfig RequireThere(ImageDataConfig config) =>
        File.Exists(config.Source) || Directory.Exists(config.Source)
            ? config
            : throw new ConfigurationException(
                $"data.source: {config.Source} does not exist; name a folder of images, a .tar or .tar.gz file of one, a folder "
                    + $"of CIFAR's binary files, or '{DataConfig.Shapes}'."
            );

    private static ImageParts Draw(ImageDataConfig config, CancellationToken cancellation)
    {
        var options = new ShapesAndTexturesOptions
        {
            Side = Math.Clamp(config.Size, 16, 128),
            Classes = config.ClassCount!.Value,
            Seed = config.MixSeed,
        };
        int train = config.TrainCount ?? ShapesAndTextures.TrainCount,
            test = config.TestCount ?? ShapesAndTextures.TestCount;
        int max = Array.MaxLength / (options.Side * options.Side * ImageBuffer.Channels);
        if (Math.Max(train, test) > max)
        {
            throw new ConfigurationException(
                $"data.{(train > max ? "trainCount" : "testCount")}: at most {max} shapes of {options.Side} x {options.Side} can "
                    + "be drawn; ask for fewer."
            );
        }

        return ImageParts.Of(ShapesAndTextures.Generate(train, test, options, cancellation));
    }

    // Files lie class by class: mixed, a part of them is a sample, and reading them in order or in shards is possible.
    private static IImageSource Part(IImageSource images, ImageDataConfig config, int? count, string field)
    {
        if (config.Classes is { } classes && classes != images.Classes)
        {
            if (classes > images.Classes)
            {
                throw new ConfigurationException(
                    $"data.classes: {classes} classes were asked for, but '{images.Name}' has {images.Classes}; use at most that many."
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
            return ChannelScaling.Measure(images, config.Augment.CropTo(config.Frame).SourceSide);
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"data.scaling: {ErrorWords.OneLine(e.Message)} Give it yourself.", e);
        }
    }
}
