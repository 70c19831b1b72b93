using System.Formats.Tar;

namespace Evenkeel.Data.Images.Files;

/// <summary>The bytes of an entry, or why they were not read; neither where they are not wanted.</summary>
internal readonly record struct EntryContent(byte[]? Bytes, string? Fault);

/// <summary>Takes image files of an archive into memory, counted while they are read.</summary>
internal sealed class ArchiveContents(string archive, ImageLimits limits)
{
    // Of an entry beside its bytes: its name and place.
    private const long EntryBytes = 512;
    private const int Piece = 1 << 20;

    private long _total;

    /// <summary>Reads an entry; one that is longer than the limit is passed over.</summary>
    /// <exception cref="DataFormatException">All together are more than the limit.</exception>
    /// <exception cref="EndOfStreamException">The archive ends within the entry.</exception>
    public EntryContent Read(TarEntry entry)
    {
        if (!limits.AllowFile(entry.Length, out string reason))
            return new EntryContent(null, reason);
        _total += entry.Length + EntryBytes;
        if (_total > limits.MaxArchiveBytes)
            throw new DataFormatException(
                $"{archive}: its image files are more than the limit of {limits.MaxArchiveBytes} bytes, which memory would hold; unpack it "
                    + "into a folder, or raise the limit."
            );
        return new EntryContent(entry.DataStream is { } data ? Read(data, (int)entry.Length) : [], null);
    }

    // Memory grows with what is there, not with what the entry claims.
    private static byte[] Read(Stream data, int length)
    {
        byte[] bytes = new byte[Math.Min(length, Piece)];
        data.ReadExactly(bytes);
        while (bytes.Length < length)
        {
            int filled = bytes.Length;
            Array.Resize(ref bytes, (int)Math.Min(length, 2L * filled));
            data.ReadExactly(bytes.AsSpan(filled));
        }

        return bytes;
    }
}
