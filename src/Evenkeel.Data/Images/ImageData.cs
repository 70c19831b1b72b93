using Evenkeel.Data;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Cifar;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Images.Transforms;

namespace Evenkeel;

/// <summary>Image data: opens files and folders, prepares images for a network, writes images.</summary>
public static class ImageData
{
    /// <summary>
    /// Opens a tar file of images, a folder of CIFAR's binary files, or a folder with train/class/file and test/class/file.
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">Options for reading image files; null for the defaults.</param>
    /// <exception cref="DataFormatException">The file or folder has another layout or is damaged.</exception>
    public static ImageSplit Load(string path, ImageReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
            return ImageArchive.Load(path, options);
        bool images = Directory.Exists(Path.Combine(path, "train"));
        return Directory.Exists(path) && !images ? CifarBinary.Load(path) : ImageFolder.Load(path, options);
    }

    /// <summary>Counts the classes of the data that <see cref="Load"/> opens, without reading images.</summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="DataFormatException">The file or folder has another layout or is damaged.</exception>
    public static int CountClasses(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
            return ImageArchive.CountClasses(path);
        bool images = Directory.Exists(Path.Combine(path, "train"));
        return Directory.Exists(path) && !images ? CifarBinary.CountClasses(path) : ImageFolder.CountClasses(path);
    }

    /// <summary>
    /// Images as inputs of a network: the centre square of each image, resized, with values from 0 to 1. For another transform, create an
    /// <see cref="ImageDataset"/> with an <see cref="ImageTransform"/>.
    /// </summary>
    /// <param name="source">The images.</param>
    /// <param name="side">Height and width in pixels, 1 to 4096.</param>
    /// <returns>Examples of shape [side, side, 3].</returns>
    public static ImageDataset ToDataset(this IImageSource source, int side) =>
        new(source, new ImageTransform { Crop = new ResizeAndCenterCrop { Side = side } });

    /// <summary>
    /// Writes each image as folder/class/number.png, which <see cref="ImageFolder.Open"/> reads; files of that name are replaced.
    /// </summary>
    /// <param name="source">The images.</param>
    /// <param name="folder">Created if it does not exist.</param>
    /// <exception cref="ArgumentException">The name of a class is not a valid folder name.</exception>
    public static void SavePng(this IImageSource source, string folder)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        PngFolder.Write(source, folder);
    }
}
