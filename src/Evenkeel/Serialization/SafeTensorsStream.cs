using System.Buffers.Binary;

namespace Evenkeel.Serialization;

/// <summary>
/// Reads a stream that cannot seek as far as its header says that it goes, and one byte more, which shows that it goes on: one without an end
/// is refused like a file that is too long.
/// </summary>
internal static class SafeTensorsStream
{
    private const int LengthBytes = 8;
    private const int PieceBytes = 1 << 16;

    /// <summary>The bytes of a file; what is wrong with them is left to whoever reads them.</summary>
    /// <exception cref="SafeTensorsException">They are more than an array holds.</exception>
    public static ReadOnlyMemory<byte> ReadWhole(Stream stream, string name, long largestHeader)
    {
        using var memory = new MemoryStream();
        // The first byte of the header as well: it tells what is no header.
        ReadUpTo(stream, memory, LengthBytes + 1);
        if (memory.Length <= LengthBytes)
            return Read(memory);
        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(memory.GetBuffer());
        if (header > (ulong)largestHeader || memory.GetBuffer()[LengthBytes] != (byte)'{')
            return Read(memory);
        long data = LengthBytes + (long)header;
        ReadUpTo(stream, memory, data);
        if (memory.Length < data)
            return Read(memory);
        SafeTensorsHeader parsed = SafeTensorsHeader.Parse(name, memory.GetBuffer().AsSpan(LengthBytes, (int)header));
        long end = parsed.Tensors.Values.Select(t => t.End).DefaultIfEmpty(0).Max();
        if (end > Array.MaxLength - data - 1)
            throw new SafeTensorsException(
                $"{name}: {end} bytes of tensors are more than a stream that cannot seek is read for; read the file itself"
            );
        ReadUpTo(stream, memory, data + end + 1);
        return Read(memory);
    }

    private static ReadOnlyMemory<byte> Read(MemoryStream memory) => memory.GetBuffer().AsMemory(0, (int)memory.Length);

    private static void ReadUpTo(Stream stream, MemoryStream memory, long length)
    {
        byte[] piece = new byte[PieceBytes];
        while (memory.Length < length)
        {
            int read = stream.Read(piece, 0, (int)Math.Min(piece.Length, length - memory.Length));
            if (read == 0)
                return;
            memory.Write(piece, 0, read);
        }
    }
}
