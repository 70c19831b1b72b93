using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Damages a PNG file chunk by chunk: header, palette, transparency, packed lines, further chunks; checksums are right.</summary>
internal static class PngDamage
{
    private const int SignatureLength = 8;
    private const int MostSteps = 4;

    private static readonly string[] Kinds =
        "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP tEXt zTXt iTXt bKGD pHYs sBIT sPLT hIST tIME eXIf acTL fcTL fdAT CgBI vpAg aaAa".Split(
            ' '
        );

    private static readonly Action<List<Chunk>, Random>[] Steps =
    [
        Repeat,
        Remove,
        Reorder,
        Rename,
        LieAboutLength,
        ChangeHeader,
        ChangeHeader,
        ChangeContent,
        ChangeLines,
        AddPacked,
        AddAny,
        Split,
    ];

    private sealed record Chunk(string Kind, byte[] Content)
    {
        public long LengthLie { get; init; }
    }

    public static byte[] Damage(byte[] file, Random random)
    {
        List<Chunk> chunks = Parse(file);
        int steps = random.Next(1, MostSteps + 1);
        for (int i = 0; i < steps; i++)
            Odd.One(random, Steps)(chunks, random);
        using var written = new MemoryStream();
        written.Write(file, 0, SignatureLength);
        byte[] number = new byte[4];
        foreach (Chunk chunk in chunks)
        {
            BinaryPrimitives.WriteUInt32BigEndian(number, unchecked((uint)(chunk.Content.Length + chunk.LengthLie)));
            written.Write(number);
            byte[] body = [.. Encoding.Latin1.GetBytes(chunk.Kind), .. chunk.Content];
            written.Write(body);
            BinaryPrimitives.WriteUInt32BigEndian(number, Crc.Of(body) + (random.Next(40) == 0 ? 1u : 0));
            written.Write(number);
        }

        return written.ToArray();
    }

    private static List<Chunk> Parse(byte[] file)
    {
        var chunks = new List<Chunk>();
        for (int at = SignatureLength; at + 12 <= file.Length; )
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            chunks.Add(new Chunk(Encoding.Latin1.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }

        return chunks;
    }

    private static void Repeat(List<Chunk> chunks, Random random)
    {
        Chunk chunk = Odd.One(random, chunks);
        int times = Odd.Times(random, 2000);
        for (int i = 0; i < times; i++)
            chunks.Insert(random.Next(chunks.Count + 1), chunk);
    }

    private static void Remove(List<Chunk> chunks, Random random)
    {
        if (chunks.Count > 1)
            chunks.RemoveAt(random.Next(chunks.Count));
    }

    private static void Reorder(List<Chunk> chunks, Random random)
    {
        Chunk chunk = Odd.One(random, chunks);
        chunks.Remove(chunk);
        chunks.Insert(random.Next(chunks.Count + 1), chunk);
    }

    private static void Rename(List<Chunk> chunks, Random random) =>
        Change(chunks, random, c => c with { Kind = Odd.One(random, Kinds) });

    private static void LieAboutLength(List<Chunk> chunks, Random random) =>
        Change(chunks, random, c => c with { LengthLie = Odd.Number(random) });

    private static void ChangeHeader(List<Chunk> chunks, Random random)
    {
        int at = chunks.FindIndex(c => c.Kind == "IHDR" && c.Content.Length == 13);
        if (at < 0)
            return;
        byte[] header = [.. chunks[at].Content];
        switch (random.Next(3))
        {
            case 0:
                BinaryPrimitives.WriteUInt32BigEndian(
                    header.AsSpan(random.Next(2) == 0 ? 0 : 4),
                    unchecked((uint)Odd.Number(random, 8))
                );
                break;
            case 1:
                header[8] = Odd.One(random, new byte[] { 0, 1, 2, 4, 8, 16, 32, 3 });
                header[9] = (byte)random.Next(8);
                break;
            default:
                header[random.Next(10, 13)] = (byte)random.Next(3);
                break;
        }

        chunks[at] = chunks[at] with { Content = header };
    }

    private static void ChangeContent(List<Chunk> chunks, Random random) =>
        Change(chunks, random, c => c with { Content = FileMutation.Damage(c.Content, random) });

    // Packed lines that are too few, too many, or of another kind.
    private static void ChangeLines(List<Chunk> chunks, Random random)
    {
        int at = chunks.FindIndex(c => c.Kind == "IDAT");
        if (at < 0)
            return;
        byte[] lines = new byte[Odd.Times(random, 1 << 16)];
        if (random.Next(2) == 0)
            random.NextBytes(lines);
        byte[] packed = Packed(lines);
        if (random.Next(4) == 0)
            packed[random.Next(2)] = (byte)random.Next(256);
        chunks[at] = chunks[at] with { Content = random.Next(4) == 0 ? packed[..random.Next(packed.Length)] : packed };
    }

    // Text and profiles are packed too, and unpack to far more than the file has.
    private static void AddPacked(List<Chunk> chunks, Random random)
    {
        byte[] large = Packed(new byte[1 << random.Next(8, 25)]);
        byte[] name = Encoding.UTF8.GetBytes(Odd.Text(random));
        string kind = Odd.One(random, ["zTXt", "iCCP", "iTXt"]);
        byte[] head = kind == "iTXt" ? [.. name, 0, 1, 0, 0, 0] : [.. name, 0, 0];
        chunks.Insert(random.Next(chunks.Count + 1), new Chunk(kind, [.. head, .. large]));
    }

    private static void AddAny(List<Chunk> chunks, Random random)
    {
        byte[] content = new byte[Odd.Times(random, 1 << 17)];
        random.NextBytes(content.AsSpan(0, Math.Min(content.Length, 64)));
        chunks.Insert(random.Next(chunks.Count + 1), new Chunk(Odd.One(random, Kinds), content));
    }

    private static void Split(List<Chunk> chunks, Random random)
    {
        int at = chunks.FindIndex(c => c.Kind == "IDAT" && c.Content.Length > 1);
        if (at < 0)
            return;
        Chunk whole = chunks[at];
        int place = random.Next(whole.Content.Length);
        chunks.RemoveAt(at);
        chunks.InsertRange(
            at,
            [
                whole with
                {
                    Content = whole.Content[..place],
                },
                .. Enumerable.Repeat(new Chunk("IDAT", []), Odd.Times(random, 1000)),
                whole with
                {
                    Content = whole.Content[place..],
                },
            ]
        );
    }

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(content);
        return packed.ToArray();
    }

    private static void Change(List<Chunk> chunks, Random random, Func<Chunk, Chunk> change)
    {
        if (chunks.Count == 0)
            return;
        int at = random.Next(chunks.Count);
        chunks[at] = change(chunks[at]);
    }
}
