using System.Buffers.Binary;

namespace Evenkeel.Data.Formats;

/// <summary>
/// Reads IDX files, the format of MNIST: two zero bytes, the element type, the number of dimensions, each dimension as a
/// big-endian 32-bit number, the values. Files of unsigned bytes are read, plain or compressed by gzip (told by
/// the contents, not the name), and nothing that deviates is let through.
/// </summary>
public static class IdxReader
{
    /// <summary>The most bytes that a file may hold, decompressed: 2^31 - 57, what an array takes.</summary>
    public static int MaxBytes => Array.MaxLength;

    private const int MaxDimensions = 4;
    private const byte UnsignedByte = 8;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="dimensions">The number of dimensions that it must have: 1 for labels, 3 for images.</param>
    /// <param name="limits">How much a gzip file may unpack to; null for the defaults.</param>
    /// <exception cref="DataFormatException">The file is missing, damaged, or something else.</exception>
    public static IdxData Read(string path, int dimensions, UnpackLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MaxDimensions);
        try
        {
            using FileStream file = RegularFile.Open(path, 1 << 16);
            if (!GzipReader.IsGzip(file))
            {
                return Read(
                    path,
                    dimensions,
                    file.Length,
                    buffer => file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)
                );
            }

            limits ??= UnpackLimits.Default;
            using var gzip = new GzipReader(file, path, limits);
            return Read(path, dimensions, limits.Max(file.Length), gzip.Read);
        }
        catch (Exception e) when (ReadFault.IsOfFile(e))
        {
            throw ReadFault.Of(path, e);
        }
    }

    private delegate int ReadBytes(Span<byte> buffer);

    private static IdxData Read(string path, int dimensions, long mostBytes, ReadBytes read)
    {
        int[] sizes = ReadHeader(path, dimensions, read);
        long promised = 1;
        foreach (int size in sizes)
            promised = Math.Min(promised * size, long.MaxValue >> 32);
        string header = $"{path}: its header declares {string.Join(" x ", sizes)} bytes";
        if (promised > MaxBytes)
            throw new DataFormatException($"{header}, more than the {MaxBytes} that are read; the file is damaged.");
        // Before memory is taken for them.
        if (promised > mostBytes)
            throw new DataFormatException($"{header}, but the file is too short for them; download it again.");
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)promised);
        int filled = read(bytes);
        if (filled < bytes.Length)
            throw new DataFormatException($"{header}, but only {filled} follow; download it again.");
        Span<byte> beyond = stackalloc byte[1];
        return read(beyond) == 0
            ? new IdxData(sizes, bytes)
            : throw new DataFormatException($"{header}, but more bytes follow; the file is damaged or not IDX.");
    }

    private static int[] ReadHeader(string path, int dimensions, ReadBytes read)
    {
        Span<byte> magic = stackalloc byte[4];
        int got = read(magic);
        if (got < 4)
            throw new DataFormatException(
                $"{path}: expected an IDX file, but it holds {got} bytes; download it again."
            );
        uint expected = (UnsignedByte << 8) | (uint)dimensions;
        uint found = BinaryPrimitives.ReadUInt32BigEndian(magic);
        if (found != expected)
        {
            throw new DataFormatException(
                $"{path}: expected an IDX file of bytes with {dimensions} dimension{(dimensions == 1 ? "" : "s")} (magic "
                    + $"{expected:x8}), but it starts with {found:x8}; {Guess(found)}."
            );
        }

        int[] sizes = new int[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            if (read(magic) < 4)
                throw new DataFormatException($"{path}: the file ends within its header; download it again.");
            uint size = BinaryPrimitives.ReadUInt32BigEndian(magic);
            if (size is 0 or > int.MaxValue)
            {
                throw new DataFormatException(
                    $"{path}: dimension {i} must be 1 to {int.MaxValue}, but the header says {size}; the file is damaged."
                );
            }

            sizes[i] = (int)size;
        }

        return sizes;
    }

    private static string Guess(uint magic) =>
        magic switch
        {
            0x0801 => "that is a file of labels: were the files swapped",
            0x0803 => "that is a file of images: were the files swapped",
            > 0x0800 and < 0x0F00 when (magic & 0xFF) is > 0 and <= MaxDimensions =>
                "its element type or shape is not supported",
            _ => "it is not an IDX file: download it again",
        };
}
