using System.Buffers.Binary;
using System.IO.Compression;

namespace Evenkeel.Data.Tests.Files;

/// <summary>Writes IDX files for tests.</summary>
internal static class IdxBytes
{
    public static byte[] Of(byte[] values, params int[] dimensions)
    {
        byte[] file = new byte[4 + (4 * dimensions.Length) + values.Length];
        file[2] = 8;
        file[3] = (byte)dimensions.Length;
        for (int i = 0; i < dimensions.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * i)), dimensions[i]);
        values.CopyTo(file, 4 + (4 * dimensions.Length));
        return file;
    }

    public static byte[] Images(int count, int side = 28) =>
        Of([.. Enumerable.Range(0, count * side * side).Select(i => (byte)(i * 7 % 251))], count, side, side);

    public static byte[] Labels(int count) => Of([.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))], count);

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
