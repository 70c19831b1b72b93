using System.IO.Compression;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Data.Formats;

/// <summary>
/// A .npz file of NumPy: a zip of named .npy files. Opening it reads the names; an array is unpacked when it is asked for, and the others not
/// at all. One thread at a time, another is refused.
/// </summary>
public sealed class NpyArchive : IDisposable
{
    private const string Extension = ".npy";

    private readonly Exclusive _turn = new("archive of arrays");
    private readonly string _path;
    private readonly FileStream _file;
    private readonly ZipArchive _zip;
    private readonly UnpackLimits _limits;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    private NpyArchive(string path, FileStream file, UnpackLimits limits)
    {
        (_path, _file, _limits) = (path, file, limits);
        _zip = ZipDirectory.Open(file, limits);
        foreach (ZipArchiveEntry entry in _zip.Entries)
        {
            if (!entry.FullName.EndsWith(Extension, StringComparison.Ordinal))
                continue;
            if (!_entries.TryAdd(entry.FullName[..^Extension.Length], entry))
                throw new InvalidDataException($"the array '{entry.FullName[..^Extension.Length]}' appears twice");
        }
    }

    /// <summary>Names of the arrays, in the file's order.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How much an array may unpack to; null for the defaults.</param>
    /// <exception cref="DataFormatException">The file is missing, damaged, or no archive.</exception>
    public static NpyArchive Open(string path, UnpackLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream? file = null;
        try
        {
            file = RegularFile.Open(path);
            return new NpyArchive(path, file, limits ?? UnpackLimits.Default);
        }
        catch (Exception e) when (ReadFault.IsOfFile(e))
        {
            file?.Dispose();
            throw ReadFault.Of(path, e);
        }
    }

    /// <summary>Lengths of an array, slowest first; its values are not read.</summary>
    /// <exception cref="DataFormatException">There is no such array, or it is damaged or of a kind that is not read.</exception>
    public IReadOnlyList<int> Dimensions(string name) =>
        Unpack(name, static (stream, title, _) => NpyFile.Dimensions(stream, title));

    /// <summary>Reads an array.</summary>
    /// <exception cref="DataFormatException">
    /// There is no such array, it is damaged or of a kind that is not read, or unpacks to more than the limits allow.
    /// </exception>
    public NpyArray Read(string name) =>
        Unpack(
            name,
            (stream, title, entry) =>
            {
                RequireFit(entry, title);
                return NpyFile.Read(stream, title, entry.Length);
            }
        );

    /// <summary>Reads all arrays, by name, where they fit the limits together.</summary>
    internal IReadOnlyDictionary<string, NpyArray> ReadAll()
    {
        double all = _entries.Values.Sum(e => (double)e.Length);
        return all <= _limits.Max(_file.Length)
            ? _entries.Keys.ToDictionary(name => name, Read)
            : throw new DataFormatException(
                $"{_path}: its arrays unpack to {all:0} bytes, more than the limit of {_limits.Max(_file.Length)}; read them one by one."
            );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Close();
        _zip.Dispose();
        _file.Dispose();
    }

    private void RequireFit(ZipArchiveEntry entry, string title)
    {
        long max = _limits.Max(Math.Min(entry.CompressedLength, _file.Length));
        if (entry.Length > max)
            throw new DataFormatException(
                $"{title}: its {entry.CompressedLength} bytes unpack to {entry.Length}, more than the limit of {max}; save it with "
                    + "numpy.savez, which does not pack, or raise the limit."
            );
    }

    private T Unpack<T>(string name, Func<Stream, string, ZipArchiveEntry, T> read)
    {
        if (!_entries.TryGetValue(name, out ZipArchiveEntry? entry))
            throw new DataFormatException($"{_path}: there is no array '{name}' in it.");
        using Exclusive.Turn turn = _turn.Enter();
        string title = $"{_path}, array '{name}'";
        return ReadFault.Guard(
            title,
            () =>
            {
                using Stream stream = entry.Open();
                return read(stream, title, entry);
            }
        );
    }
}
