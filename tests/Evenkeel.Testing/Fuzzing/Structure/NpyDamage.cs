using System.Buffers.Binary;
using System.Text;

namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Makes .npy files whose header says what it likes: version, length, type, order, shape.</summary>
internal static class NpyDamage
{
    private static readonly string[] Elements =
        "<f4 >f4 <f2 <f8 >f8 |b1 |i1 |u1 <i2 <i4 <i8 >i8 <u2 <u4 <u8 |O |S5 <U3 =f4 f4 <f3 <c8 |V4".Split(' ');

    private static readonly string[] Orders = ["False", "True", "false", "0", "None"];

    private static readonly string[] Frames =
    [
        "{{'descr': {0}, 'fortran_order': {1}, 'shape': {2}, }}",
        "{{'descr': {0}, 'fortran_order': {1}, 'shape': {2}}}",
        "{{'shape': {2}, 'fortran_order': {1}, 'descr': {0}}}",
        "{{'descr': {0}, 'descr': {0}, 'fortran_order': {1}, 'shape': {2}}}",
        "{{'descr': {0}, 'shape': {2}}}",
        "{{'descr': [('x', {0})], 'fortran_order': {1}, 'shape': {2}}}",
        "{{{{'descr': {0}, 'fortran_order': {1}, 'shape': {2}}}}}",
    ];

    public static byte[] Damage(byte[] file, Random random)
    {
        int begin = 10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        byte[] values = Values(file[begin..], random);
        string text = string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            Rarely(random) ? Odd.One(random, Frames) : Frames[0],
            $"'{(random.Next(2) == 0 ? Odd.One(random, Elements) : "<f4")}'",
            Rarely(random) ? Odd.One(random, Orders) : "False",
            Shape(values.Length / 4, random)
        );
        if (Rarely(random))
            text += Odd.Text(random);
        byte[] header = Encoding.UTF8.GetBytes(
            text.PadRight(random.Next(3) == 0 ? text.Length + random.Next(99) : 118) + "\n"
        );
        byte version = Rarely(random) ? (byte)random.Next(256) : (byte)random.Next(1, 4);
        long length = Rarely(random) ? Odd.Number(random, header.Length) : header.Length;
        byte[] lengthBytes = BitConverter.GetBytes(length)[..(version == 1 ? 2 : 4)];
        return [0x93, .. "NUMPY"u8, version, (byte)(Rarely(random) ? 7 : 0), .. lengthBytes, .. header, .. values];
    }

    private static byte[] Values(byte[] values, Random random) =>
        random.Next(4) switch
        {
            0 => values[..random.Next(values.Length + 1)],
            1 => [.. values, .. new byte[random.Next(1, 4000)]],
            _ => values,
        };

    private static string Shape(int count, Random random)
    {
        if (random.Next(3) == 0)
            return $"({count},)";
        int rank = Odd.Times(random, 40) - 1;
        var sizes = new List<string>();
        for (int i = 0; i < rank; i++)
            sizes.Add(random.Next(3) == 0 ? $"{Odd.Number(random, count)}" : $"{random.Next(0, 4)}");
        string inner = string.Join(Rarely(random) ? ",," : ", ", sizes) + (rank == 1 ? "," : "");
        return Rarely(random) ? $"[{inner}]"
            : Rarely(random) ? $"({inner}L)"
            : $"({inner})";
    }

    private static bool Rarely(Random random) => random.Next(8) == 0;
}
