using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs;

/// <summary>The chunks of a PNG file: a length, a type, the content, a checksum.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> bytes)
{
    private const int Frame = 12;
    private ReadOnlySpan<byte> _rest = bytes[Math.Min(bytes.Length, Signature.Length)..];

    /// <summary>The first bytes of every file.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The chunk from its length to its checksum, or to the end of a file that is cut off.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>Four letters.</summary>
    public readonly ReadOnlySpan<byte> Type => Whole.Slice(4, 4);

    /// <summary>What it holds, as far as it is there.</summary>
    public readonly ReadOnlySpan<byte> Content => Whole[8..Math.Max(8, Whole.Length - 4)];

    /// <summary>Goes on to the next chunk.</summary>
    public bool TryNext()
    {
        if (_rest.Length < Frame)
            return false;
        long length = Frame + (long)BinaryPrimitives.ReadUInt32BigEndian(_rest);
        Whole = _rest[..(int)Math.Min(length, _rest.Length)];
        _rest = _rest[Whole.Length..];
        return true;
    }
}
