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
    // A damaged file is found when it is decoded, perhaps hours into a run; one of many is no reason to end it.
    private static readonly ImageReadOptions Reading = new() { UndecodableFiles = UndecodableFiles.Replace };

    /// <summary>Whether some are apart from those to judge by.</summary>
    public bool AreSplit => !ReferenceEquals(Train, Test);

    /// <summary>Opens a source that is split into images to learn from and to judge by.</summary>
    public static ImageSplit Split(string path) => ImageData.Load(path, Reading);

    /// <summary>
    /// Opens any source: one that is split (an archive, train/ and test/, CIFAR's files), a folder of classes, a folder of images, an image.
    /// </summary>
    public static ImageParts Open(string path)
    {
        if (IsSplit(path))
        {
            ImageSplit split = Split(path);
            return new ImageParts(split.Train, split.Test);
        }

        bool labelled = Directory.Exists(path) && Directory.EnumerateDirectories(path).Any();
        EncodedImages all = labelled
            ? ImageFolder.Open(path, Reading)
            : EncodedImages.FromFiles(File.Exists(path) ? [path] : EncodedImages.FilesIn(path));
        return new ImageParts(all, all, labelled);
    }

    private static bool IsSplit(string path) =>
        File.Exists(path)
            ? Files.FileSignature.Of(path) is not (Files.FileKind.Jpeg or Files.FileKind.Png)
            : Directory.Exists(Path.Combine(path, "train")) || CifarBinary.IsIn(path);
}
