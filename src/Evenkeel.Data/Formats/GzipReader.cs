using System.Buffers.Binary;
using System.IO.Compression;

namespace Evenkeel.Data.Formats;

/// <summary>
/// Reads a gzip file of one member strictly. The runtime's own GZipStream takes a file that ends early, or that lacks its
/// checksum, for a complete one, so the frame (RFC 1952) is read here and only the deflate stream is left to the runtime.
/// </summary>
internal sealed class GzipReader : IDisposable
{
    private const int TrailerLength = 8;
    private const int LongestText = 1 << 16;

    // Unpacked in pieces, so that a file that unpacks to more than it may is given up before memory is touched.
    private const int Piece = 1 << 20;
    private const byte Deflate = 8;

    [Flags]
    private enum Header : byte
    {
        HeaderChecksum = 2,
        Extra = 4,
        FileName = 8,
        Comment = 16,
        Reserved = 0xE0,
    }

    private readonly FileStream _file;
    private readonly string _path;
    private readonly UnpackLimits _limits;
    private readonly DeflateStream _inflate;
    private readonly uint _expectedCrc;
    private readonly uint _expectedLength;
    private Crc32 _crc;
    private long _length;

    /// <summary>Reads the frame of an open file, which stays the caller's to close.</summary>
    /// <exception cref="DataFormatException">The frame is damaged.</exception>
    public GzipReader(FileStream file, string path, UnpackLimits limits)
    {
        (_file, _path, _limits) = (file, path, limits);
        if (file.Length < 10 + TrailerLength)
            throw Damaged($"it has {file.Length} bytes, fewer than any gzip file");
        Span<byte> trailer = stackalloc byte[TrailerLength];
        file.Position = file.Length - TrailerLength;
        file.ReadExactly(trailer);
        _expectedCrc = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        _expectedLength = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        file.Position = 0;
        SkipHeader();
        _inflate = new DeflateStream(file, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <summary>Whether a file starts as gzip files do; it is read from its beginning afterwards.</summary>
    public static bool IsGzip(FileStream file)
    {
        Span<byte> start = stackalloc byte[2];
        int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return start[..read].StartsWith([(byte)0x1F, (byte)0x8B]);
    }

    /// <summary>Fills the buffer, or as much as there is; fewer bytes mean the end, whose checksum then was right.</summary>
    /// <exception cref="DataFormatException">The data is damaged, or more than the limits allow.</exception>
    public int Read(Span<byte> buffer)
    {
        int filled = 0,
            read = -1;
        while (filled < buffer.Length && read != 0)
        {
            read = Inflate(buffer[filled..Math.Min(buffer.Length, filled + Piece)]);
            filled += read;
        }

        if (filled < buffer.Length && (_crc.Value != _expectedCrc || (uint)_length != _expectedLength))
        {
            throw Damaged(
                $"its checksum says CRC {_expectedCrc:x8} of {_expectedLength} bytes, but CRC {_crc.Value:x8} of {_length} was read"
            );
        }

        return filled;
    }

    /// <inheritdoc/>
    public void Dispose() => _inflate.Dispose();

    private int Inflate(Span<byte> piece)
    {
        int read;
        try
        {
            read = _inflate.Read(piece);
        }
        catch (InvalidDataException e)
        {
            throw Damaged("its compressed data cannot be read", e);
        }

        _crc.Append(piece[..read]);
        _length += read;
        return _length <= _limits.Max(_file.Position)
            ? read
            : throw new DataFormatException(
                $"{_path}: {_file.Position} bytes of it unpack to more than the limit of {_limits.Max(_file.Position)}; unpack it "
                    + "yourself, or raise the limit."
            );
    }

    private void SkipHeader()
    {
        Span<byte> head = stackalloc byte[10];
        _file.ReadExactly(head);
        var flags = (Header)head[3];
        if (head[2] != Deflate || (flags & Header.Reserved) != 0)
            throw Damaged($"its header names method {head[2]} and flags {head[3]:x2}, unknown to gzip");
        if (flags.HasFlag(Header.Extra))
            _file.Position += NextByte() | (NextByte() << 8);
        if (flags.HasFlag(Header.FileName))
            SkipText();
        if (flags.HasFlag(Header.Comment))
            SkipText();
        if (flags.HasFlag(Header.HeaderChecksum))
            _file.Position += 2;
        if (_file.Position > _file.Length - TrailerLength)
            throw Damaged("it ends within its header");
    }

    private void SkipText()
    {
        for (int length = 0; NextByte() != 0; length++)
        {
            if (length == LongestText)
                throw Damaged($"its header names a text of more than {LongestText} bytes");
        }
    }

    private int NextByte()
    {
        int value = _file.ReadByte();
        return value >= 0 ? value : throw Damaged("it ends within its header");
    }

    private DataFormatException Damaged(string found, Exception? cause = null) =>
        new(
            $"{_path}: expected a whole gzip file, but {found}; the file is damaged or cut short: download it again.",
            cause!
        );
}
