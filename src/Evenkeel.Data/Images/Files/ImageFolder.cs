using Evenkeel.Data;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;

namespace Evenkeel;

/// <summary>Folders of JPEG and PNG files, one folder for each class; classes are numbered in the order of their names.</summary>
public static class ImageFolder
{
    /// <summary>Opens root/train/class/file and root/test/class/file (or val, or validation).</summary>
    /// <param name="root">The folder.</param>
    /// <param name="options">Options for reading files; null for the defaults.</param>
    /// <returns>Two <see cref="EncodedImages"/>.</returns>
    /// <exception cref="DataFormatException">The folders have another layout, or too many files cannot be read.</exception>
    public static ImageSplit Load(string root, ImageReadOptions? options = null)
    {
        RequireFolder(root);
        var files = new List<SplitFile>();
        foreach (string split in (string[])[ClassList.Train, .. ClassList.Tests])
            Collect(Path.Combine(root, split), split, files);
        return ClassList.Split(root, files, options ?? new ImageReadOptions());
    }

    /// <summary>Opens folder/class/file.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Options for reading files; null for the defaults.</param>
    /// <exception cref="DataFormatException">The folders have another layout, or too many files cannot be read.</exception>
    public static EncodedImages Open(string folder, ImageReadOptions? options = null)
    {
        RequireFolder(folder);
        var files = new List<SplitFile>();
        Collect(folder, "", files);
        return ClassList.One(folder, files, "", options ?? new ImageReadOptions());
    }

    /// <summary>Counts the classes in root/train.</summary>
    internal static int CountClasses(string root)
    {
        var files = new List<SplitFile>();
        Collect(Path.Combine(root, ClassList.Train), ClassList.Train, files);
        return ClassList.Classes(root, files, ClassList.Train).Length;
    }

    private static void RequireFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new DataFormatException($"{folder}: the folder is missing; name one with a folder for each class.");
    }

    private static void Collect(string folder, string split, List<SplitFile> files)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (string path in Directory.EnumerateDirectories(folder))
        {
            string name = Path.GetFileName(path);
            foreach (string file in Directory.EnumerateFiles(path))
            {
                if (ClassList.IsImageName(Path.GetFileName(file)))
                    files.Add(new SplitFile(split, name, file, null));
            }
        }
    }
}
