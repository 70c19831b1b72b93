using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Cifar;
using Evenkeel.Data.Images.Files;

namespace Evenkeel.Runs.Configuration;

/// <summary>Images as they lie at a path: to learn from and to judge by, the same ones where they are not split.</summary>
/// <param name="Train">Images to learn from.</param>
/// <param name="Test">Images to judge by.</param>
/// <param name="AreLabelled">Whether their classes are known.</param>
internal sealed record ImageParts(IImageSource Train, IImageSource Test, bool AreLabelled = true)
{
    /// <summary>Whether some are apart from those to judge by.</summary>
    public bool AreSplit => !ReferenceEquals(Train, Test);

    /// <summary>What decodes JPEG files; null where there are none.</summary>
    public string? JpegDecoder => Train is EncodedImages files ? files.JpegDecoder : null;

    /// <summary>Opens a source that is split into images to learn from and to judge by.</summary>
    public static ImageParts Split(ImageDataConfig config) => Of(ImageData.Load(config.Source, Reading(config)));

    /// <summary>Images that were split already.</summary>
    public static ImageParts Of(ImageSplit split) => new(split.Train, split.Test);

    /// <summary>
    /// Opens any source: one that is split (an archive, train/ and test/, CIFAR's files), a folder of classes, a folder of images, an image.
    /// </summary>
    public static ImageParts Open(ImageDataConfig config)
    {
        string path = config.Source;
        if (IsSplit(path))
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
