using System.Buffers.Binary;

namespace Evenkeel.Data.Tests.Files;

/// <summary>A picture of random values in any of the format's forms, written pixel by pixel as the format's definition says.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Depth">Bits of a value.</param>
/// <param name="Color">Colour type.</param>
internal sealed record PngPicture(int Width, int Height, int Depth, int Color)
{
    private static readonly (int Left, int Top, int Right, int Down)[] Passes =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    private readonly Random _random = new(7);

    public int Channels =>
        Color switch
        {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };

    /// <summary>[Height, Width, Channels].</summary>
    public int[] Values
    {
        get => field ??= [.. Enumerable.Range(0, Width * Height * Channels).Select(_ => _random.Next(1 << Depth))];
        init;
    }

    /// <summary>The file, with filters at random.</summary>
    public byte[] File(bool interlaced, params byte[][] chunks)
    {
        var rows = new List<byte>();
        foreach ((int left, int top, int right, int down) in interlaced ? Passes : [(0, 0, 1, 1)])
        {
            byte[] above = [];
            for (int y = top; y < Height && left < Width; y += down)
            {
                byte[] row = Row(y, left, right);
                rows.AddRange(Filtered(row, above, _random.Next(5)));
                above = row;
            }
        }

        byte[] header =
        [
            .. Number(Width),
            .. Number(Height),
            (byte)Depth,
            (byte)Color,
            0,
            0,
            (byte)(interlaced ? 1 : 0),
        ];
        return PngBytes.Of(header, PngBytes.Packed([.. rows]), chunks);
    }

    private byte[] Row(int y, int left, int right)
    {
        var bits = new List<int>();
        for (int x = left; x < Width; x += right)
        {
            foreach (int value in Values.AsSpan(((y * Width) + x) * Channels, Channels))
            {
                for (int bit = Depth - 1; bit >= 0; bit--)
                    bits.Add((value >> bit) & 1);
            }
        }

        return [.. bits.Chunk(8).Select(b => (byte)b.Select((bit, i) => bit << (7 - i)).Sum())];
    }

    private byte[] Filtered(byte[] row, byte[] above, int filter)
    {
        int pixel = Math.Max(1, Depth * Channels / 8);
        byte[] filtered = new byte[1 + row.Length];
        filtered[0] = (byte)filter;
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < pixel ? 0 : row[i - pixel],
                up = above.Length == 0 ? 0 : above[i],
                corner = above.Length == 0 || i < pixel ? 0 : above[i - pixel];
            int guess = left + up - corner;
            int expected = filter switch
            {
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                4 => new[] { left, up, corner }.MinBy(v => Math.Abs(guess - v)),
                _ => 0,
            };
            filtered[i + 1] = (byte)(row[i] - expected);
        }

        return filtered;
    }

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
