using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Makes tar archives of an image whose headers lie: sizes, kinds, names, links, long names, records of PAX; checksums are right.</summary>
internal static class TarDamage
{
    private const int Block = 512;

    private static readonly string[] Folders = ["train/a/", "train/b/", "test/a/", "test/b/", "x/train/a/", "", "../"];

    public static byte[] Damage(byte[] image, Random random)
    {
        using var tar = new MemoryStream();
        foreach (string folder in Folders.AsSpan(0, 4))
            Entry(tar, $"{folder}1.jpg", image, '0', random);
        int count = Odd.Times(random, 60);
        for (int i = 0; i < count; i++)
            Add(tar, image, i, random);
        if (!Rarely(random))
            tar.Write(new byte[2 * Block]);
        byte[] whole = tar.ToArray();
        if (Rarely(random))
            whole = whole[..random.Next(whole.Length)];
        return random.Next(2) == 0 ? whole : Zipped(whole, random);
    }

    private static void Add(MemoryStream tar, byte[] image, int i, Random random)
    {
        string name = $"{Odd.One(random, Folders)}{i}.{(random.Next(2) == 0 ? "png" : "jpg")}";
        switch (random.Next(8))
        {
            case 0:
                Entry(tar, "././@LongLink", Encoding.UTF8.GetBytes(LongName(random)), 'L', random);
                break;
            case 1:
                Entry(tar, "././@LongLink", Encoding.UTF8.GetBytes(LongName(random)), 'K', random);
                break;
            case 2:
                Entry(tar, "pax", Records(random), 'x', random);
                break;
            case 3:
                Entry(tar, "global", Records(random), 'g', random);
                break;
            case 4:
                Entry(tar, name, [], Odd.One(random, "123456DMNSVX7A\0 ".ToCharArray()), random);
                return;
            default:
                break;
        }

        Entry(tar, Rarely(random) ? Odd.Text(random) : name, Content(image, random), '0', random);
    }

    private static byte[] Content(byte[] image, Random random) =>
        random.Next(6) switch
        {
            0 => [],
            1 => image[..random.Next(image.Length)],
            2 => FileMutation.Damage(image, random),
            _ => image,
        };

    private static void Entry(MemoryStream tar, string name, byte[] content, char kind, Random random)
    {
        byte[] header = new byte[Block];
        Text(header, 0, 100, name);
        Number(header, 100, 8, 420, random);
        Number(header, 108, 8, 0, random);
        Number(header, 116, 8, 0, random);
        Number(header, 124, 12, content.Length, random);
        Number(header, 136, 12, 1_700_000_000, random);
        header[156] = Rarely(random) ? (byte)random.Next(256) : (byte)kind;
        if (kind is '1' or '2' || Rarely(random))
            Text(header, 157, 100, Odd.Text(random));
        Text(header, 257, 8, Odd.One(random, ["ustar\000", "ustar  ", "ustar\000", "", "GNUtar\0"]));
        if (Rarely(random))
            random.NextBytes(header.AsSpan(265 + random.Next(200), 20));
        Checksum(header, random);
        tar.Write(header);
        tar.Write(content);
        if (!Rarely(random))
            tar.Write(new byte[(Block - (content.Length % Block)) % Block]);
    }

    private static void Number(byte[] header, int at, int width, long value, Random random)
    {
        if (!Rarely(random))
        {
            Text(header, at, width, Convert.ToString(value, 8).PadLeft(width - 1, '0'));
            return;
        }

        long odd = Odd.Number(random, value);
        switch (random.Next(3))
        {
            case 0:
                // In base 256: the first bit set, the rest the number.
                for (int i = 0; i < width; i++)
                    header[at + width - 1 - i] = (byte)(
                        i < 8 ? odd >> (8 * i)
                        : odd < 0 ? 255
                        : 0
                    );
                header[at] |= 128;
                break;
            case 1:
                Text(header, at, width, Odd.Text(random));
                break;
            default:
                string digits = Convert.ToString(odd, 8);
                Text(header, at, width, digits[..Math.Min(width, digits.Length)]);
                break;
        }
    }

    private static void Checksum(byte[] header, Random random)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = header.Sum(b => b) + (random.Next(40) == 0 ? 1 : 0);
        Text(header, 148, 8, $"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ");
    }

    private static byte[] Records(Random random)
    {
        var text = new StringBuilder();
        int count = Odd.Times(random, 200);
        for (int i = 0; i < count; i++)
        {
            string key = Odd.One(
                random,
                [
                    "path",
                    "linkpath",
                    "size",
                    "mtime",
                    "uid",
                    "GNU.sparse.size",
                    "GNU.sparse.map",
                    "GNU.sparse.major",
                    "",
                ]
            );
            string value = random.Next(3) switch
            {
                0 => Odd.Text(random),
                1 => string.Create(CultureInfo.InvariantCulture, $"{Odd.Number(random)}"),
                _ => "train/a/long.png",
            };
            int bytes = Encoding.UTF8.GetByteCount($"{key}={value}\n") + 1;
            int length = bytes + $"{bytes}".Length;
            length = bytes + $"{length}".Length;
            text.Append(CultureInfo.InvariantCulture, $"{(Rarely(random) ? Odd.Number(random, length) : length)} ");
            text.Append(key).Append(Rarely(random) ? "" : "=").Append(value).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string LongName(Random random) =>
        $"train/{new string('n', 1 << random.Next(1, 14))}/{new string('m', random.Next(1, 300))}.png";

    private static byte[] Zipped(byte[] tar, Random random)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(tar);
        byte[] bytes = zipped.ToArray();
        if (Rarely(random))
            bytes[3] = (byte)random.Next(256);
        if (Rarely(random))
            BitConverter.GetBytes((uint)Odd.Number(random, tar.Length)).CopyTo(bytes, bytes.Length - 4);
        return Rarely(random) ? [.. bytes, .. bytes] : bytes;
    }

    private static void Text(byte[] header, int at, int width, string text) =>
        Encoding
            .UTF8.GetBytes(text)
            .AsSpan(0, Math.Min(width, Encoding.UTF8.GetByteCount(text)))
            .CopyTo(header.AsSpan(at));

    private static bool Rarely(Random random) => random.Next(16) == 0;
}
