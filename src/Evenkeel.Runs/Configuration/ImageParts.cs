using Evenkeel.Configuration;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Cifar;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Runs.Configuration;

/// <summary>Images as they lie at a path: to learn from and to judge by, the same ones where they are not split.</summary>
/// <param name="Train">Images to learn from.</param>
/// <param name="Test">Images to judge by.</param>
/// <param name="AreLabelled">Whether their classes are known.</param>
internal sealed record ImageParts(IImageSource Train, IImageSource Test, bool AreLabelled = true)
{
    private static readonly string[] Parts = ["train", "test"];

    /// <summary>Whether some are apart from those to judge by.</summary>
    public bool AreSplit => !ReferenceEquals(Train, Test);

    /// <summary>What decodes JPEG files; null where there are none.</summary>
    public string? JpegDecoder => Train is EncodedImages files ? files.JpegDecoder : null;

    /// <summary>Opens a source that is split into images to learn from and to judge by; an autoencoder needs no classes.</summary>
    /// <exception cref="ConfigurationException">A folder of images does not say which of them are to judge by.</exception>
    public static ImageParts Split(ImageDataConfig config)
    {
        if (config.Targets != TargetKind.Inputs)
            return Of(ImageData.Load(config.Source, Reading(config)));
        if (FlatFolder(config.Source))
            return HeldOut(config);
        string[] parts = [.. Parts.Select(part => Path.Combine(config.Source, part)).Where(FlatFolder)];
        return parts is [var train, var test]
            ? new(
                EncodedImages.FromFiles(EncodedImages.FilesIn(train), Reading(config)),
                EncodedImages.FromFiles(EncodedImages.FilesIn(test), Reading(config)),
                AreLabelled: false
            )
            : Of(ImageData.Load(config.Source, Reading(config)));
    }

    /// <summary>Images that were split already.</summary>
    public static ImageParts Of(ImageSplit split) => new(split.Train, split.Test);

    /// <summary>
    /// Opens any source: one that is split (an archive, train/ and test/, CIFAR's files), a folder of classes, a folder of images, an image.
    /// </summary>
    public static ImageParts Open(ImageDataConfig config)
    {
        string path = config.Source;
        if (IsSplit(path) || (config is { Targets: TargetKind.Inputs, TestCount: not null } && FlatFolder(path)))
            return Split(config);
        bool labelled = Directory.Exists(path) && Directory.EnumerateDirectories(path).Any();
        EncodedImages all = labelled
            ? ImageFolder.Open(path, Reading(config))
            : EncodedImages.FromFiles(
                File.Exists(path) ? [path] : EncodedImages.FilesIn(path),
                Reading(config) with
                {
                    InvalidFiles = InvalidFiles.Refuse,
                    UndecodableFiles = UndecodableFiles.Refuse,
                }
            );
        return new ImageParts(all, all, labelled);
    }

    // The files are mixed first: cameras and scripts number them in order.
    private static ImageParts HeldOut(ImageDataConfig config)
    {
        string[] files = [.. EncodedImages.FilesIn(config.Source)];
        if (config.TestCount is not { } test || test >= files.Length)
            throw new ConfigurationException(
                $"data.testCount: {config.Source} has {files.Length} images in one folder; set how many of them are kept to judge by, "
                    + "fewer than that, or part them into the folders train and test."
            );
        int[] order = new int[files.Length];
        new ExampleOrder(files.Length, ShuffleMode.Full, config.MixSeed).Fill(0, order);
        string[] mixed = [.. order.Select(i => files[i])];
        return new(
            EncodedImages.FromFiles(mixed[test..], Reading(config)),
            EncodedImages.FromFiles(mixed[..test], Reading(config)),
            AreLabelled: false
        );
    }

    private static bool FlatFolder(string path) =>
        Directory.Exists(path)
        && !CifarBinary.IsIn(path)
        && !Directory.EnumerateDirectories(path).Any()
        && Directory.EnumerateFiles(path).Any();

    // A damaged file is found when it is decoded, perhaps hours into a run; one of many is no reason to end it.
    private static ImageReadOptions Reading(ImageDataConfig config) =>
        new()
        {
            UndecodableFiles = UndecodableFiles.Replace,
            Limits = new ImageLimits { MaxPixels = config.MaxPixels },
            Decoder = config.Decoder,
        };

    private static bool IsSplit(string path) =>
        File.Exists(path)
            ? Files.FileSignature.Of(path) is not (Files.FileKind.Jpeg or Files.FileKind.Png)
            : Directory.Exists(Path.Combine(path, "train")) || CifarBinary.IsIn(path);
}
