namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Damages a JPEG file segment by segment: markers, lengths, frame, tables, scans, restarts, EXIF.</summary>
internal static class JpegDamage
{
    private const int MostSteps = 4;
    private const byte Scan = 0xDA,
        Application = 0xE1;

    private static readonly Action<List<Segment>, Random>[] Steps =
    [
        Repeat,
        Remove,
        Reorder,
        ChangeMarker,
        LieAboutLength,
        ChangeFrame,
        ChangeFrame,
        ChangeTable,
        AddStandalone,
        AddFill,
        AddRestarts,
        AddScans,
        AddExif,
        AddAdobe,
        CutScan,
    ];

    /// <summary>A marker with what follows it: the length and content of the segment, and for a scan its coded data.</summary>
    private sealed record Segment(byte Marker, byte[] Content, byte[] Coded)
    {
        public int LengthLie { get; init; }

        /// <summary>Markers that have no length: end, restarts, TEM.</summary>
        public bool IsBare { get; init; }
    }

    public static byte[] Damage(byte[] file, Random random)
    {
        List<Segment> segments = Parse(file);
        int steps = random.Next(1, MostSteps + 1);
        for (int i = 0; i < steps; i++)
            Odd.One(random, Steps)(segments, random);
        using var written = new MemoryStream();
        written.Write([0xFF, 0xD8]);
        foreach (Segment s in segments)
        {
            written.Write([0xFF, s.Marker]);
            int length = s.Content.Length + 2 + s.LengthLie;
            if (!s.IsBare)
                written.Write([(byte)(length >> 8), (byte)length]);
            written.Write(s.Content);
            written.Write(s.Coded);
        }

        return written.ToArray();
    }

    private static List<Segment> Parse(byte[] file)
    {
        var segments = new List<Segment>();
        for (int at = 2; at + 4 <= file.Length && file[at + 1] != 0xD9; )
        {
            byte marker = file[at + 1];
            int length = (file[at + 2] << 8) | file[at + 3],
                end = at + 2 + length,
                next = end;
            while (
                marker == Scan
                && next + 1 < file.Length
                && !(file[next] == 0xFF && file[next + 1] is not (0 or >= 0xD0 and <= 0xD7))
            )
                next++;
            segments.Add(new Segment(marker, file[(at + 4)..end], file[end..next]));
            at = next;
        }

        segments.Add(new Segment(0xD9, [], []) { IsBare = true });
        return segments;
    }

    private static void Repeat(List<Segment> segments, Random random)
    {
        Segment segment = Odd.One(random, segments);
        int times = Odd.Times(random, 300);
        for (int i = 0; i < times; i++)
            segments.Insert(random.Next(segments.Count + 1), segment);
    }

    private static void Remove(List<Segment> segments, Random random)
    {
        if (segments.Count > 1)
            segments.RemoveAt(random.Next(segments.Count));
    }

    private static void Reorder(List<Segment> segments, Random random)
    {
        Segment segment = Odd.One(random, segments);
        segments.Remove(segment);
        segments.Insert(random.Next(segments.Count + 1), segment);
    }

    private static void ChangeMarker(List<Segment> segments, Random random) =>
        Change(segments, random, s => s with { Marker = (byte)random.Next(random.Next(2) == 0 ? 0xC0 : 0, 256) });

    private static void LieAboutLength(List<Segment> segments, Random random) =>
        Change(segments, random, s => s with { LengthLie = (int)Odd.Number(random, 0) });

    private static void ChangeFrame(List<Segment> segments, Random random)
    {
        int at = segments.FindIndex(s => s.Marker is 0xC0 or 0xC1 or 0xC2 && s.Content.Length >= 6);
        if (at < 0)
            return;
        byte[] content = [.. segments[at].Content];
        if (random.Next(2) == 0)
        {
            // Height or width.
            int side = (int)(Odd.Number(random, 16) & 0xFFFF),
                place = random.Next(2) == 0 ? 1 : 3;
            (content[place], content[place + 1]) = ((byte)(side >> 8), (byte)side);
        }
        else
        {
            // Precision, number of components, their sampling and tables.
            int place = random.Next(4) == 0 ? 0 : random.Next(5, content.Length);
            content[place] = (byte)(
                random.Next(3) == 0 ? random.Next(256) : (random.Next(1, 5) << 4) | random.Next(1, 5)
            );
        }

        segments[at] = segments[at] with
        {
            Content = content,
            Marker = random.Next(4) == 0 ? (byte)random.Next(0xC0, 0xD0) : segments[at].Marker,
        };
    }

    private static void ChangeTable(List<Segment> segments, Random random) =>
        Change(
            segments,
            random,
            s =>
            {
                byte[] content = [.. s.Content];
                int times = content.Length == 0 ? 0 : Odd.Times(random, 20);
                for (int i = 0; i < times; i++)
                    content[random.Next(content.Length)] = (byte)Odd.Number(random, 1);
                return s with { Content = content };
            }
        );

    private static void AddStandalone(List<Segment> segments, Random random)
    {
        int times = Odd.Times(random, 2000),
            at = random.Next(segments.Count + 1);
        for (int i = 0; i < times; i++)
            segments.Insert(
                at,
                new Segment(Odd.One(random, new byte[] { 0x01, 0xD0, 0xD3, 0xD7, 0xD8, 0xD9, 0x00 }), [], [])
                {
                    IsBare = true,
                }
            );
    }

    private static void AddFill(List<Segment> segments, Random random) =>
        Change(
            segments,
            random,
            s => s with { Coded = [.. s.Coded, .. Enumerable.Repeat((byte)0xFF, Odd.Times(random, 5000))] }
        );

    private static void AddRestarts(List<Segment> segments, Random random)
    {
        int every = random.Next(4) == 0 ? random.Next(65536) : random.Next(4);
        segments.Insert(random.Next(segments.Count), new Segment(0xDD, [(byte)(every >> 8), (byte)every], []));
    }

    private static void AddScans(List<Segment> segments, Random random)
    {
        int at = segments.FindIndex(s => s.Marker == Scan);
        if (at < 0)
            return;
        int times = Odd.Times(random, 800);
        Segment scan = random.Next(2) == 0 ? segments[at] with { Coded = [] } : segments[at];
        segments.InsertRange(at + 1, Enumerable.Repeat(scan, times));
    }

    private static void AddExif(List<Segment> segments, Random random)
    {
        bool little = random.Next(2) == 0;
        byte[] Two(long v) => little ? [(byte)v, (byte)(v >> 8)] : [(byte)(v >> 8), (byte)v];
        byte[] Four(long v) => little ? [.. Two(v), .. Two(v >> 16)] : [.. Two(v >> 16), .. Two(v)];
        int entries = Odd.Times(random, 100);
        byte[] directory = [.. Two(random.Next(6) == 0 ? Odd.Number(random, entries) : entries)];
        for (int i = 0; i < entries; i++)
        {
            long tag = random.Next(2) == 0 ? 0x0112 : Odd.Number(random, 0x0112),
                kind = random.Next(3) == 0 ? random.Next(14) : 3,
                count = random.Next(4) == 0 ? Odd.Number(random) : 1;
            byte[] value = random.Next(2) == 0 ? [.. Two(random.Next(0, 11)), 0, 0] : Four(Odd.Number(random));
            directory = [.. directory, .. Two(tag), .. Two(kind), .. Four(count), .. value];
        }

        byte[] tiff =
        [
            .. little ? "II"u8 : "MM"u8,
            .. Two(random.Next(8) == 0 ? 43 : 42),
            .. Four(random.Next(4) == 0 ? Odd.Number(random, 8) : 8),
            .. directory,
            .. Four(random.Next(3) == 0 ? 8 : 0),
        ];
        byte[] exif = [.. "Exif\0\0"u8, .. random.Next(6) == 0 ? tiff[..random.Next(tiff.Length)] : tiff];
        segments.Insert(random.Next(Math.Min(3, segments.Count)), new Segment(Application, exif, []));
    }

    private static void AddAdobe(List<Segment> segments, Random random) =>
        segments.Insert(
            random.Next(segments.Count),
            new Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, (byte)random.Next(5)], [])
        );

    private static void CutScan(List<Segment> segments, Random random) =>
        Change(
            segments,
            random,
            s =>
                s with
                {
                    Coded =
                        random.Next(2) == 0 ? s.Coded[..(s.Coded.Length / 2)] : FileMutation.Damage(s.Coded, random),
                }
        );

    private static void Change(List<Segment> segments, Random random, Func<Segment, Segment> change)
    {
        if (segments.Count == 0)
            return;
        int at = random.Next(segments.Count);
        segments[at] = change(segments[at]);
    }
}
