namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Codes of 1 to 16 bits and what each stands for, T.81 annexes C and F.</summary>
internal sealed class HuffmanTable
{
    private const int CodeBits = 16;

    // Codes of so many bits are looked up at once; nearly all are.
    private const int QuickBits = 9;

    private readonly ushort[] _quick = new ushort[1 << QuickBits];
    private readonly int[] _last = new int[CodeBits + 1];
    private readonly int[] _offset = new int[CodeBits + 1];
    private readonly byte[] _symbols = new byte[256];

    /// <summary>Whether the file has defined it.</summary>
    public bool IsDefined { get; set; }

    /// <summary>Makes the table of how many codes there are of each length, and what they stand for in their order.</summary>
    /// <exception cref="InvalidDataException">There are more codes than bits can tell apart.</exception>
    public void Define(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        Array.Clear(_quick);
        symbols.CopyTo(_symbols);
        int code = 0,
            place = 0;
        for (int length = 1; length <= CodeBits; length++, code <<= 1)
        {
            int count = counts[length - 1];
            if (code + count > 1 << length)
                throw new InvalidDataException("its JPEG data has a Huffman table with too many codes");
            _offset[length] = place - code;
            _last[length] = code + count - 1;
            for (int i = 0; i < count; i++, code++, place++)
            {
                if (length <= QuickBits)
                    _quick
                        .AsSpan(code << (QuickBits - length), 1 << (QuickBits - length))
                        .Fill((ushort)((length << 8) | _symbols[place]));
            }
        }

        IsDefined = true;
    }

    /// <summary>Reads a code.</summary>
    /// <exception cref="InvalidDataException">The bits are no code of this table.</exception>
    public int Decode(ref EntropyBits bits)
    {
        bits.Need(CodeBits);
        int quick = _quick[bits.Peek(QuickBits)];
        if (quick == 0)
            return DecodeLong(ref bits);
        bits.Skip(quick >> 8);
        return quick & 255;
    }

    private int DecodeLong(ref EntropyBits bits)
    {
        for (int length = QuickBits + 1; length <= CodeBits; length++)
        {
            int code = bits.Peek(length);
            if (code > _last[length])
                continue;
            bits.Skip(length);
            return _symbols[code + _offset[length]];
        }

        throw new InvalidDataException("its JPEG data holds bits that are no Huffman code");
    }
}
