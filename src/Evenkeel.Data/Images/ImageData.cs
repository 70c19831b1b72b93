using Evenkeel.Data;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Cifar;
using Evenkeel.Data.Images.Files;

namespace Evenkeel;

/// <summary>Opens images by what lies at a path.</summary>
public static class ImageData
{
    /// <summary>
    /// Opens a tar file of images, a folder of CIFAR's binary files, or a folder with train/class/file and test/class/file.
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How image files are read; the defaults where null.</param>
    /// <exception cref="DataFormatException">What lies there is not as expected.</exception>
    public static ImageSplit Load(string path, ImageReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
            return ImageArchive.Load(path, options);
        bool images = Directory.Exists(Path.Combine(path, "train"));
        return Directory.Exists(path) && !images ? CifarBinary.Load(path) : ImageFolder.Load(path, options);
    }

    /// <summary>Counts the classes of what <see cref="Load"/> would open, without reading images.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="DataFormatException">What lies there is not as expected.</exception>
    public static int CountClasses(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
            return ImageArchive.CountClasses(path);
        bool images = Directory.Exists(Path.Combine(path, "train"));
        return Directory.Exists(path) && !images ? CifarBinary.CountClasses(path) : ImageFolder.CountClasses(path);
    }
}
