namespace Evenkeel.Bench.Hostile;

/// <summary>Files that once ended in an exception's own words.</summary>
internal static class WordTrials
{
    private const string Kind = "errors without words";
    private const string Images =
        """{"network":{"name":"resnet","depth":8,"width":4},"data":{"type":"images","source":"SOURCE","size":32},"batchSize":2,"steps":2,"threads":1}""";

    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        Tar(1L << 31),
        Tar(1L << 40),
        Tar(long.MaxValue),
        new(Kind, "a JPEG of 65,000 x 65,000 among others", "exec $TOOL train c.json --out run", 0)
        {
            Prepare = f =>
            {
                Configure(f, "d");
                foreach (string place in (string[])["train/a", "train/b", "test/a", "test/b"])
                {
                    string folder = Directory.CreateDirectory(Path.Combine(f, "d", place)).FullName;
                    for (int i = 0; i < 20; i++)
                        File.Copy(HostileBase.File("1.jpg"), Path.Combine(folder, $"{i}.jpg"));
                }

                File.WriteAllBytes(Path.Combine(f, "d/train/a/large.jpg"), ImageBombs.Jpeg(65_000, 65_000));
            },
            MostSeconds = 15,
            MostMebibytes = 256,
        },
        new(
            Kind,
            "a JPEG of 65,000 x 65,000 alone",
            "exec $TOOL run $BASE/images.onnx --input b.jpg --output-dir out",
            1,
            2
        )
        {
            Prepare = f => File.WriteAllBytes(Path.Combine(f, "b.jpg"), ImageBombs.Jpeg(65_000, 65_000)),
        },
        Rate("1e308"),
        Rate("1e39"),
        Rate("1e400"),
        Rate("""{"type":"exponential","rate":1e308,"decay":2,"every":1}"""),
        Rate("""{"type":"warmup","steps":2,"then":1e308}"""),
        new(Kind, "half of a character in a configuration", "exec $TOOL train b.json", 2)
        {
            Prepare = f =>
                File.WriteAllText(
                    Path.Combine(f, "b.json"),
                    """{"network":{"layers":[{"type":"linear","units":10,"name":"\ud800"}]}}"""
                ),
        },
        new(Kind, "half of a character as a field's name", "exec $TOOL train b.json", 2)
        {
            Prepare = f => File.WriteAllText(Path.Combine(f, "b.json"), """{"network":{"layers":[]},"\ud800":1}"""),
        },
        new(Kind, "half of a character in a safetensors header", "exec $TOOL inspect b.safetensors", 1)
        {
            Prepare = f =>
            {
                string header = """{"__metadata__":{"evenkeel.network":"\ud800"}}""";
                ModelBombs.Header(Path.Combine(f, "b.safetensors"), header.Length, header, 0);
            },
        },
    ];

    private static HostileTrial Tar(long size) =>
        new(Kind, $"a tar entry that claims {size} bytes", "exec $TOOL train c.json --out run", 1, 2)
        {
            Prepare = f =>
            {
                Configure(f, "b.tar");
                ArchiveBombs.TarClaim(Path.Combine(f, "b.tar"), size);
            },
        };

    private static HostileTrial Rate(string rate) =>
        new(
            Kind,
            $"a learning rate of {rate}".Replace("|", "/", StringComparison.Ordinal),
            $"exec $TOOL train $BASE/short.json --out run --set learningRate='{rate}'",
            1,
            2,
            3
        )
        {
            MostSeconds = 10,
            MostMebibytes = 256,
        };

    private static void Configure(string folder, string source) =>
        File.WriteAllText(Path.Combine(folder, "c.json"), Images.Replace("SOURCE", source, StringComparison.Ordinal));
}
