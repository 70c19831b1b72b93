using System.Buffers.Binary;
using Evenkeel.Data.Formats;

namespace Evenkeel.Data.Images.Codecs.Png;

/// <summary>The chunks of a PNG file: a length, a type, the content, a checksum.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> bytes)
{
    private const int Frame = 12;
    private const int Checksum = 4;
    private ReadOnlySpan<byte> _rest = bytes[Math.Min(bytes.Length, Signature.Length)..];
    private bool _isWhole;

    /// <summary>The first bytes of every file.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The chunk from its length to its checksum, or to the end of a file that is cut off.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>Four letters.</summary>
    public readonly ReadOnlySpan<byte> Type => Whole.Slice(4, 4);

    /// <summary>What it holds, as far as it is there.</summary>
    public readonly ReadOnlySpan<byte> Content => Whole[8..Math.Max(8, Whole.Length - Checksum)];

    /// <summary>Whether the image cannot be understood without it, by the case of its first letter.</summary>
    public readonly bool IsCritical => Type[0] is >= (byte)'A' and <= (byte)'Z';

    /// <summary>Whether all of it is there and its checksum is right.</summary>
    public readonly bool IsIntact
    {
        get
        {
            if (!_isWhole)
                return false;
            var crc = new Crc32();
            crc.Append(Whole[4..^Checksum]);
            return crc.Value == BinaryPrimitives.ReadUInt32BigEndian(Whole[^Checksum..]);
        }
    }

    /// <summary>Goes on to the next chunk.</summary>
    public bool TryNext()
    {
        if (_rest.Length < Frame)
            return false;
        long length = Frame + (long)BinaryPrimitives.ReadUInt32BigEndian(_rest);
        _isWhole = length <= _rest.Length;
        Whole = _rest[..(int)Math.Min(length, _rest.Length)];
        _rest = _rest[Whole.Length..];
        return true;
    }
}
