using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Evenkeel.Data.Formats;

/// <summary>
/// NumPy's .npy and .npz files: arrays of float, integer or boolean numbers are read as float32, and float32 is written. The size that a
/// header promises is held against the bytes that are there before memory is taken.
/// </summary>
public static class NpyFile
{
    private const int MaxHeader = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a .npy file.</summary>
    /// <exception cref="DataFormatException">The file is missing, damaged, or of a kind that is not read.</exception>
    public static NpyArray Read(string path) => Open(path, file => Read(file, path, file.Length));

    /// <summary>Lengths of the array of a .npy file, slowest first; its values are not read.</summary>
    /// <exception cref="DataFormatException">The file is missing, damaged, or of a kind that is not read.</exception>
    public static IReadOnlyList<int> Dimensions(string path) => Open(path, file => Dimensions(file, path));

    /// <summary>Reads all arrays of a .npz file, by name; <see cref="NpyArchive"/> reads single ones.</summary>
    /// <exception cref="DataFormatException">The file is missing, damaged, or of a kind that is not read.</exception>
    public static IReadOnlyDictionary<string, NpyArray> ReadArchive(string path)
    {
        using var archive = NpyArchive.Open(path);
        return archive.ReadAll();
    }

    /// <summary>Reads one array.</summary>
    /// <param name="stream">Positioned at its beginning.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="length">Bytes that there are at most.</param>
    /// <exception cref="DataFormatException">It is damaged, or of a kind that is not read.</exception>
    public static NpyArray Read(Stream stream, string name, long length)
    {
        ArgumentNullException.ThrowIfNull(stream);
        NpyHeader header = ReadHeader(stream, name, out int begin);
        int count = NpyArray.Count(header.Dimensions),
            size = NpyElements.Size(header.Element);
        long needed = (long)count * size;
        if (begin + needed > length)
        {
            throw new DataFormatException(
                $"{name}: the header declares {needed} bytes of values, but {Math.Max(0, length - begin)} are there; the file is cut off."
            );
        }

        float[] values = new float[count];
        if (header is { Element: NpyElement.Float32, BigEndian: false } && BitConverter.IsLittleEndian)
            Fill(stream, MemoryMarshal.AsBytes(values.AsSpan()), name);
        else
            Decode(stream, header, size, values, name);
        return new NpyArray(header.Dimensions, values);
    }

    /// <summary>Writes float32 values in version 1.0 of the format.</summary>
    /// <param name="stream">Receives the file.</param>
    /// <param name="dimensions">Lengths, slowest first.</param>
    /// <param name="values">As many as the dimensions hold.</param>
    public static void Write(Stream stream, IReadOnlyList<int> dimensions, ReadOnlySpan<float> values)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (NpyArray.Count(dimensions) != values.Length)
            throw new ArgumentException(
                $"{values.Length} values do not fill [{string.Join(", ", dimensions)}].",
                nameof(values)
            );
        byte[] header = NpyHeader.Write(dimensions);
        Span<byte> begin = stackalloc byte[10];
        Magic.CopyTo(begin);
        begin[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(begin[8..], (ushort)header.Length);
        stream.Write(begin);
        stream.Write(header);
        Span<byte> bytes = stackalloc byte[4];
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }

    /// <summary>What the header says of the shape.</summary>
    internal static IReadOnlyList<int> Dimensions(Stream stream, string name) =>
        ReadHeader(stream, name, out _).Dimensions;

    private static T Open<T>(string path, Func<FileStream, T> read) =>
        ReadFault.Guard(
            path,
            () =>
            {
                using FileStream file = RegularFile.Open(path);
                return read(file);
            }
        );

    private static NpyHeader ReadHeader(Stream stream, string name, out int begin)
    {
        byte[] start = new byte[8];
        if (stream.ReadAtLeast(start, 8, throwOnEndOfStream: false) < 8 || !start.AsSpan(0, 6).SequenceEqual(Magic))
            throw new DataFormatException($"{name}: this is not a .npy file.");
        int width = start[6] switch
        {
            1 => 2,
            2 or 3 => 4,
            _ => throw new DataFormatException($"{name}: version {start[6]} of the format is not known; 1 to 3 are."),
        };
        byte[] size = new byte[width];
        Fill(stream, size, name);
        uint length =
            width == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(size) : BinaryPrimitives.ReadUInt32LittleEndian(size);
        if (length > MaxHeader)
            throw new DataFormatException(
                $"{name}: a header of {length} bytes cannot be that of an array; the file is damaged."
            );
        byte[] text = new byte[length];
        Fill(stream, text, name);
        begin = 8 + width + (int)length;
        return NpyHeader.Parse(Encoding.Latin1.GetString(text), name);
    }

    private static void Decode(Stream stream, NpyHeader header, int size, float[] values, string name)
    {
        byte[] buffer = new byte[Math.Min(values.Length, 1 << 14) * size];
        for (int first = 0; first < values.Length; first += buffer.Length / size)
        {
            int count = Math.Min(buffer.Length / size, values.Length - first);
            Fill(stream, buffer.AsSpan(0, count * size), name);
            for (int i = 0; i < count; i++)
                values[first + i] = NpyElements.Decode(header.Element, header.BigEndian, buffer.AsSpan(i * size, size));
        }
    }

    private static void Fill(Stream stream, Span<byte> bytes, string name)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new DataFormatException($"{name}: the file ends too early; it is cut off.");
    }
}
