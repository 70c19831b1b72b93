using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Cifar;
using Evenkeel.Data.Images.Files;

namespace Evenkeel.Cli.Configuration;

/// <summary>Images as they lie at a path: to learn from and to judge by, the same ones where they are not split.</summary>
/// <param name="Train">Images to learn from.</param>
/// <param name="Test">Images to judge by.</param>
/// <param name="AreLabelled">Whether their classes are known.</param>
internal sealed record ImageParts(IImageSource Train, IImageSource Test, bool AreLabelled = true)
{
    /// <summary>Whether some are apart from those to judge by.</summary>
    public bool AreSplit => !ReferenceEquals(Train, Test);

    /// <summary>Opens a source that is split into images to learn from and to judge by.</summary>
    public static ImageParts Split(string path, int maxPixels) => Of(ImageData.Load(path, Reading(maxPixels)));

    /// <summary>Images that were split already.</summary>
    public static ImageParts Of(ImageSplit split) => new(split.Train, split.Test);

    /// <summary>
    /// Opens any source: one that is split (an archive, train/ and test/, CIFAR's files), a folder of classes, a folder of images, an image.
    /// </summary>
    public static ImageParts Open(string path, int maxPixels)
    {
        if (IsSplit(path))
            return Split(path, maxPixels);
        bool labelled = Directory.Exists(path) && Directory.EnumerateDirectories(path).Any();
        EncodedImages all = labelled
            ? ImageFolder.Open(path, Reading(maxPixels))
            : EncodedImages.FromFiles(
                File.Exists(path) ? [path] : EncodedImages.FilesIn(path),
                Reading(maxPixels) with
                {
                    InvalidFiles = InvalidFiles.Refuse,
                    UndecodableFiles = UndecodableFiles.Refuse,
                }
            );
        return new ImageParts(all, all, labelled);
    }

    // A damaged file is found when it is decoded, perhaps hours into a run; one of many is no reason to end it.
    private static ImageReadOptions Reading(int maxPixels) =>
        new()
        {
            UndecodableFiles = UndecodableFiles.Replace,
            Limits = new ImageLimits { MaxPixels = maxPixels },
        };

    private static bool IsSplit(string path) =>
        File.Exists(path)
            ? Files.FileSignature.Of(path) is not (Files.FileKind.Jpeg or Files.FileKind.Png)
            : Directory.Exists(Path.Combine(path, "train")) || CifarBinary.IsIn(path);
}
