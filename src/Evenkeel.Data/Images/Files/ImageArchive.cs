using System.Formats.Tar;
using Evenkeel.Data.Formats;

namespace Evenkeel.Data.Images.Files;

/// <summary>
/// A tar file, plain or gzipped, of train/class/file and test/class/file (or val), perhaps within other folders. It is read
/// once; the files stay in memory as they are and are decoded when they are read.
/// </summary>
public static class ImageArchive
{
    /// <summary>Opens an archive.</summary>
    /// <param name="path">The .tar, .tar.gz or .tgz file.</param>
    /// <param name="options">Options for reading files; null for the defaults.</param>
    /// <returns>Two <see cref="EncodedImages"/>.</returns>
    /// <exception cref="DataFormatException">It is damaged, not laid out so, or too many files cannot be read.</exception>
    public static ImageSplit Load(string path, ImageReadOptions? options = null)
    {
        options ??= new ImageReadOptions();
        var contents = new ArchiveContents(path, options.Limits);
        return ClassList.Split(path, Read(path, options.Limits, contents.Read), options);
    }

    /// <summary>Counts the classes of an archive; contents are passed over.</summary>
    internal static int CountClasses(string path) =>
        ClassList.Classes(path, Read(path, new ImageLimits(), _ => default), ClassList.Train).Length;

    private static List<SplitFile> Read(string path, ImageLimits limits, Func<TarEntry, EntryContent> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new DataFormatException($"{path}: the file is missing; name a .tar or .tar.gz file of images.");
        var files = new List<SplitFile>();
        try
        {
            using FileStream file = RegularFile.Open(path);
            if (GzipReader.IsGzip(file))
            {
                using var unpacked = new GzipStreamReader(new GzipReader(file, path, limits.Unpacking));
                Collect(unpacked, path, content, files);
                unpacked.CopyTo(Stream.Null);
            }
            else
            {
                Collect(file, path, content, files);
            }
        }
        catch (Exception e) when (ReadFault.IsOfFile(e))
        {
            throw new DataFormatException(
                $"{path}: expected a tar file, but it cannot be read ({ReadFault.Reason(e)}); it is damaged or cut short.",
                e
            );
        }

        return files;
    }

    private static void Collect(
        Stream stream,
        string archive,
        Func<TarEntry, EntryContent> content,
        List<SplitFile> files
    )
    {
        using var tar = new TarReader(new TarHeaderCheck(stream), leaveOpen: true);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            string[] parts = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 3 || !ClassList.IsImageName(parts[^1]))
                continue;
            string split = parts[^3];
            if (split != ClassList.Train && !ClassList.Tests.Contains(split))
                continue;
            (byte[]? bytes, string? fault) = content(entry);
            files.Add(new SplitFile(split, parts[^2], $"{archive}:{string.Join('/', parts[^3..])}", bytes, fault));
        }
    }
}
