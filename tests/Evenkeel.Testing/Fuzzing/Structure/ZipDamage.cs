using System.IO.Compression;
using System.Text;

namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Makes .npz archives whose records disagree: local headers, central directory, its end, sizes, methods, names, zip64.</summary>
internal static class ZipDamage
{
    private static readonly string[] Names =
    [
        "x.npy",
        "y.npy",
        "labels.npy",
        "X.NPY",
        "../x.npy",
        "/x.npy",
        "x.npy/",
        "x",
        ".npy",
        "x.npy\0",
        "\e[31m.npy",
        "a/b.npy",
        "",
    ];

    public static byte[] Damage(byte[] file, Random random)
    {
        using var output = new MemoryStream();
        var directory = new MemoryStream();
        int count = Odd.Times(random, 200);
        for (int i = 0; i < count; i++)
        {
            string name = random.Next(3) == 0 ? Odd.One(random, Names) : $"x{i}.npy";
            byte[] content = random.Next(2) == 0 ? file : NpyDamage.Damage(file, random);
            Entry(output, directory, name, content, random);
        }

        long begin = output.Length;
        directory.WriteTo(output);
        if (Rarely(random))
            Zip64End(output, count, directory.Length, begin, random);
        End(output, count, directory.Length, begin, random);
        byte[] whole = output.ToArray();
        return Rarely(random) ? whole[..random.Next(whole.Length)] : whole;
    }

    private static void Entry(MemoryStream output, MemoryStream directory, string name, byte[] content, Random random)
    {
        int method = random.Next(3) > 0 ? 8 : 0;
        byte[] packed = method == 8 ? Deflated(content) : content;
        uint crc = Crc.Of(content);
        long at = output.Length;
        int said = Rarely(random) ? Odd.One(random, [0, 1, 8, 9, 12, 14, 93, 99, 65535]) : method;
        int flags = Rarely(random) ? Odd.One(random, [1, 8, 0x40, 0x800, 0xFFFF]) : 0;
        byte[] encoded = Encoding.UTF8.GetBytes(name);
        byte[] extra = Rarely(random) ? Extra(random) : [];
        uint Lied(long value) => Rarely(random) ? unchecked((uint)Odd.Number(random, value)) : (uint)value;

        using var record = new BinaryWriter(output, Encoding.UTF8, leaveOpen: true);
        record.Write(0x04034B50u);
        record.Write((ushort)20);
        Shared(record);
        record.Write((ushort)Lied(encoded.Length));
        record.Write((ushort)extra.Length);
        record.Write(encoded);
        record.Write(extra);
        record.Write(packed);

        using var central = new BinaryWriter(directory, Encoding.UTF8, leaveOpen: true);
        central.Write(0x02014B50u);
        central.Write(0x0014_0014u);
        Shared(central);
        central.Write((ushort)Lied(encoded.Length));
        central.Write((ushort)extra.Length);
        central.Write((ushort)Lied(0));
        central.Write((ushort)0);
        central.Write(Lied(0));
        central.Write((ushort)0);
        central.Write(Lied(at));
        central.Write(encoded);
        central.Write(extra);

        void Shared(BinaryWriter to)
        {
            to.Write((ushort)flags);
            to.Write((ushort)said);
            to.Write(0u);
            to.Write(Rarely(random) ? ~crc : crc);
            to.Write(Lied(packed.Length));
            to.Write(Lied(content.Length));
        }
    }

    // Sizes of 64 bits, which count where the field of 32 is all ones.
    private static byte[] Extra(Random random)
    {
        byte[] sizes =
        [
            .. Enumerable.Range(0, random.Next(0, 4)).SelectMany(_ => BitConverter.GetBytes(Odd.Number(random))),
        ];
        int length = Rarely(random) ? random.Next(65536) : sizes.Length;
        return [1, 0, (byte)length, (byte)(length >> 8), .. sizes];
    }

    private static void Zip64End(MemoryStream output, long count, long length, long begin, Random random)
    {
        long at = output.Length;
        using var record = new BinaryWriter(output, Encoding.UTF8, leaveOpen: true);
        record.Write(0x06064B50u);
        record.Write(Rarely(random) ? Odd.Number(random) : 44L);
        record.Write(0x002D_002Du);
        record.Write(0L);
        record.Write(Rarely(random) ? Odd.Number(random, count) : count);
        record.Write(count);
        record.Write(length);
        record.Write(Rarely(random) ? Odd.Number(random, begin) : begin);
        record.Write(0x07064B50u);
        record.Write(0u);
        record.Write(Rarely(random) ? Odd.Number(random, at) : at);
        record.Write(1u);
    }

    private static void End(MemoryStream output, int count, long length, long begin, Random random)
    {
        using var record = new BinaryWriter(output, Encoding.UTF8, leaveOpen: true);
        ushort entries = (ushort)(Rarely(random) ? Odd.Number(random, count) : count);
        record.Write(0x06054B50u);
        record.Write(0u);
        record.Write(entries);
        record.Write(Rarely(random) ? ushort.MaxValue : entries);
        record.Write((uint)(Rarely(random) ? Odd.Number(random, length) : length));
        record.Write((uint)(Rarely(random) ? Odd.Number(random, begin) : begin));
        record.Write((ushort)(Rarely(random) ? random.Next(65536) : 0));
    }

    private static byte[] Deflated(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(content);
        return packed.ToArray();
    }

    private static bool Rarely(Random random) => random.Next(12) == 0;
}
