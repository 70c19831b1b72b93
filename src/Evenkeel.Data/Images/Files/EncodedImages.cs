using Evenkeel.Data.Images.Codecs.Jpeg;

namespace Evenkeel.Data.Images.Files;

/// <summary>
/// JPEG and PNG files, decoded whenever they are read. Which format a file has follows from its content, not its name.
/// </summary>
public sealed class EncodedImages : IImageSource
{
    private readonly FileEntry[] _files;
    private readonly byte[] _undecodable;
    private readonly ImageReadOptions _options;
    private readonly ObjectPool<FileReader> _readers;
    private int _replaced;

    internal EncodedImages(string name, FileEntry[] files, IReadOnlyList<string> classNames, ImageReadOptions options)
    {
        Name = name;
        ClassNames = ImageChecks.Names(name, classNames);
        HeaderCheck check = HeaderCheck.Run(name, files, options);
        _files = check.Files;
        Skipped = Array.AsReadOnly(check.Skipped);
        Misnamed = check.Misnamed;
        JpegDecoder = check.HasJpeg ? JpegDecoders.Name(options.Decoder) : null;
        DecodedBytes = check.DecodedBytes;
        _options = options;
        _undecodable = new byte[_files.Length];
        _readers = new ObjectPool<FileReader>(() => new FileReader(options));
    }

    /// <summary>Opens single files, all of one class.</summary>
    /// <param name="paths">JPEG or PNG files, at least one.</param>
    /// <param name="options">Options for reading files; null for the defaults.</param>
    /// <exception cref="DataFormatException">There is no file, or one cannot be read.</exception>
    public static EncodedImages FromFiles(IReadOnlyList<string> paths, ImageReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0)
            throw new DataFormatException("There are no image files; name at least one JPEG or PNG file.");
        foreach (string path in paths.Where(p => !File.Exists(p)))
            throw new DataFormatException($"{path}: the image file does not exist.");
        options ??= new ImageReadOptions { InvalidFiles = InvalidFiles.Refuse };
        return new EncodedImages("images", [.. paths.Select(p => new FileEntry(p, 0, null))], ["image"], options);
    }

    /// <summary>One image in memory.</summary>
    internal static EncodedImages FromBytes(byte[] content, string name) =>
        new(
            name,
            [new FileEntry(name, 0, content)],
            ["image"],
            new ImageReadOptions { InvalidFiles = InvalidFiles.Refuse }
        );

    /// <summary>The JPEG and PNG files of a folder, by name, in order; folders inside are left out.</summary>
    /// <exception cref="DataFormatException">There is no such folder, or no image in it.</exception>
    public static IReadOnlyList<string> FilesIn(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new DataFormatException($"{folder}: the folder does not exist.");
        string[] files =
        [
            .. Directory
                .EnumerateFiles(folder)
                .Where(f => ClassList.IsImageName(Path.GetFileName(f)))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0
            ? files
            : throw new DataFormatException($"{folder}: there are no JPEG or PNG files in it.");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => _files.Length;

    /// <inheritdoc/>
    public int Classes => ClassNames.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Files that were left out when the source was opened.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>What decodes its JPEG files, "libjpeg-turbo" or "managed"; null where there are none.</summary>
    public string? JpegDecoder { get; }

    /// <summary>Files whose name says another format than they have; they are read all the same.</summary>
    public int Misnamed { get; }

    /// <summary>Damaged images so far in whose place others were read.</summary>
    public int Replaced => Volatile.Read(ref _replaced);

    /// <summary>Paths of the damaged images so far in whose place others were read.</summary>
    public IReadOnlyList<string> ReplacedPaths =>
        [.. _files.Where((_, i) => Volatile.Read(ref _undecodable[i]) != 0).Select(f => f.Path)];

    /// <summary>Bytes of all images together once they are decoded.</summary>
    public long DecodedBytes { get; }

    /// <inheritdoc/>
    public int Label(int index)
    {
        ImageChecks.Index(this, index);
        return _files[index].Label;
    }

    /// <inheritdoc/>
    public string Describe(int index)
    {
        ImageChecks.Index(this, index);
        return _files[index].Path;
    }

    /// <inheritdoc/>
    public void Read(int index, ImageBuffer image, int shorterSide = 0)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNegative(shorterSide);
        ImageChecks.Index(this, index);
        FileReader reader = _readers.Rent();
        try
        {
            if (Volatile.Read(ref _undecodable[index]) != 0)
                Replace(reader, index, image, shorterSide);
            else if (!reader.TryDecode(_files[index], shorterSide, image, out string reason))
                Fail(reader, index, image, shorterSide, reason);
        }
        finally
        {
            _readers.Return(reader);
        }
    }

    /// <summary>
    /// Decodes all images once and holds them in memory, where they fit; many times as fast to train on when they are small.
    /// </summary>
    /// <param name="limit">Bytes of memory that they may take.</param>
    /// <param name="threads">Threads that decode, 1 or more.</param>
    /// <returns>The decoded images, or this source where they would take more.</returns>
    /// <exception cref="DataFormatException">An image cannot be decoded.</exception>
    public IImageSource InMemory(long limit = 1L << 30, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return DecodedBytes <= limit ? DecodedImages.Of(this, threads) : this;
    }

    private void Fail(FileReader reader, int index, ImageBuffer image, int shorterSide, string reason)
    {
        if (_options.UndecodableFiles == UndecodableFiles.Refuse)
            throw new DataFormatException(
                $"{_files[index].Path}: the image cannot be decoded: {reason}; remove or restore it."
            );
        if (Interlocked.Exchange(ref _undecodable[index], 1) == 0)
            Interlocked.Increment(ref _replaced);
        Replace(reader, index, image, shorterSide);
    }

    // The same class, so that labels do not depend on what can be decoded; the next in order, so that neither does chance.
    private void Replace(FileReader reader, int index, ImageBuffer image, int shorterSide)
    {
        for (int step = 1; step < _files.Length; step++)
        {
            int other = (int)(((long)index + step) % _files.Length);
            if (_files[other].Label != _files[index].Label)
                continue;
            if (reader.TryDecode(_files[other], shorterSide, image, out _))
                return;
        }

        throw new DataFormatException(
            $"{_files[index].Path}: the image cannot be decoded, nor can any other of the class "
                + $"{ClassNames[_files[index].Label]}; restore them."
        );
    }
}
