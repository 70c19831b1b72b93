using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>What a file defines for its scans, each until it is defined anew.</summary>
internal sealed class JpegTables
{
    /// <summary>Tables of each kind.</summary>
    public const int Count = 4;

    private const int BlockValues = 64;
    private const int Lengths = 16;
    private const int Symbols = 256;

    private readonly int[][] _quantization = Make(() => new int[BlockValues]);
    private readonly bool[] _isQuantization = new bool[Count];
    private readonly HuffmanTable[] _first = Make(() => new HuffmanTable());
    private readonly HuffmanTable[] _others = Make(() => new HuffmanTable());

    /// <summary>Groups of blocks from one restart marker to the next; 0 where there are none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>Forgets what another file defined.</summary>
    public void Clear()
    {
        RestartInterval = 0;
        Array.Clear(_isQuantization);
        for (int i = 0; i < Count; i++)
            _first[i].IsDefined = _others[i].IsDefined = false;
    }

    /// <summary>What the values of a block are multiplied by, row by row.</summary>
    /// <exception cref="InvalidDataException">It is not defined.</exception>
    public ReadOnlySpan<int> Quantization(int number) =>
        number < Count && _isQuantization[number]
            ? _quantization[number]
            : throw new InvalidDataException($"its JPEG data lacks the quantization table {number}");

    /// <summary>Codes of the first values of blocks.</summary>
    /// <exception cref="InvalidDataException">They are not defined.</exception>
    public HuffmanTable First(int number) => Defined(_first, number);

    /// <summary>Codes of the other values.</summary>
    /// <exception cref="InvalidDataException">They are not defined.</exception>
    public HuffmanTable Others(int number) => Defined(_others, number);

    /// <summary>Reads a segment of quantization tables.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public void ReadQuantization(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            (int size, int number) = ((body[0] >> 4) + 1, body[0] & 15);
            if (size > 2 || number >= Count || body.Length < 1 + (BlockValues * size))
                throw new InvalidDataException("its JPEG data has a quantization table that is cut off or unknown");
            for (int i = 0; i < BlockValues; i++)
                _quantization[number][ZigZag.Natural[i]] =
                    size == 1 ? body[1 + i] : BinaryPrimitives.ReadUInt16BigEndian(body[(1 + (2 * i))..]);
            _isQuantization[number] = true;
            body = body[(1 + (BlockValues * size))..];
        }
    }

    /// <summary>Reads a segment of Huffman tables.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public void ReadHuffman(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            (int kind, int number) = (body[0] >> 4, body[0] & 15);
            int symbols = 0;
            for (int i = 1; i <= Lengths && i < body.Length; i++)
                symbols += body[i];
            if (kind > 1 || number >= Count || symbols > Symbols || body.Length < 1 + Lengths + symbols)
                throw new InvalidDataException("its JPEG data has a Huffman table that is cut off or unknown");
            (kind == 0 ? _first : _others)[number].Define(body.Slice(1, Lengths), body.Slice(1 + Lengths, symbols));
            body = body[(1 + Lengths + symbols)..];
        }
    }

    /// <summary>Reads a segment that says how far restart markers lie apart.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public void ReadRestartInterval(ReadOnlySpan<byte> body) =>
        RestartInterval =
            body.Length == 2
                ? BinaryPrimitives.ReadUInt16BigEndian(body)
                : throw new InvalidDataException("its JPEG data has a restart interval of a wrong length");

    private static HuffmanTable Defined(HuffmanTable[] tables, int number) =>
        number < Count && tables[number].IsDefined
            ? tables[number]
            : throw new InvalidDataException($"its JPEG data lacks the Huffman table {number}");

    private static T[] Make<T>(Func<T> make) => [.. Enumerable.Range(0, Count).Select(_ => make())];
}
