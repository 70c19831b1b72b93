namespace Evenkeel.Bench.Hostile;

/// <summary>Small files that would take gigabytes or minutes.</summary>
internal static class BombTrials
{
    private const string Kind = "small files, large costs";

    // In MiB: for any refused file, and what limits of docs/limits.md allow besides: the header of a safetensors file, 2^24 computed values,
    // 2^26 bytes of inlined nodes with what holds them.
    private const long Most = 64;
    private const long Header = 96;
    private const long Folded = 64;
    private const long Inlined = 128;

    // A kilobyte for each of 300,000 entries.
    private const long Entries = 293;

    private const string Train =
        "exec $TOOL train c.json --out run --set network='{\"name\":\"resnet\",\"depth\":8,\"width\":4}' --steps 1 --threads 1";

    public static IReadOnlyList<HostileTrial> Archives { get; } =
    [
        Tar("3.8 GB of images in a .tar.gz", f => ArchiveBombs.TarGzOfGigabytes(Data(f)), "limit"),
        Tar(
            "3.8 GB of something else in a .tar.gz",
            f => ArchiveBombs.TarGz(Data(f), "other/{0}.bin", 1, 3800L << 20),
            "limit"
        ),
        Tar(
            "one image of 3.8 GB in a .tar.gz",
            f => ArchiveBombs.TarGz(Data(f), "train/a/{0}.jpg", 1, 3800L << 20),
            "limit"
        ),
        Tar(
            "300,000 empty images in a .tar.gz",
            f => ArchiveBombs.TarGz(Data(f), "train/a/{0}.jpg", 300_000, 0),
            ""
        ) with
        {
            MostSeconds = 10,
            MostMebibytes = Most + Entries,
        },
        new(
            Kind,
            "3.1 GB of arrays that nobody asked for in an .npz",
            "exec $TOOL run $BASE/model.onnx --input b.npz --output-dir out",
            0
        )
        {
            Prepare = f => ArchiveBombs.Npz(Path.Combine(f, "b.npz"), 31, 100L << 20),
        },
        new(Kind, "20,000 arrays in an .npz", "exec $TOOL run $BASE/model.onnx --input b.npz --output-dir out", 0, 1, 2)
        {
            Prepare = f => ArchiveBombs.Npz(Path.Combine(f, "b.npz"), 20_000, 4),
        },
        new(
            Kind,
            "an array of 1 GB asked for as an input of four values",
            "exec $TOOL run $BASE/model.onnx --input input=b.npz --output-dir out",
            1,
            2
        )
        {
            Prepare = f =>
            {
                ArchiveBombs.Npz(Path.Combine(f, "b.npz"), 1, 1L << 30);
                using System.IO.Compression.ZipArchive zip = System.IO.Compression.ZipFile.Open(
                    Path.Combine(f, "b.npz"),
                    System.IO.Compression.ZipArchiveMode.Update
                );
                zip.GetEntry("input.npy")!.Delete();
            },
        },
        new(Kind, "2.1 GB of MNIST in 2 MB", "exec $TOOL eval $BASE/model.onnx --data .", 1, 2)
        {
            Prepare = f =>
            {
                foreach (string part in (string[])["train", "t10k"])
                {
                    ArchiveBombs.IdxGz(
                        Path.Combine(f, $"{part}-images-idx3-ubyte.gz"),
                        60_000,
                        189,
                        60_000L * 189 * 189
                    );
                    File.WriteAllBytes(Path.Combine(f, $"{part}-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, 0]);
                }
            },
            MostSeconds = 4,
        },
    ];

    public static IReadOnlyList<HostileTrial> Images { get; } =
    [
        Image(
            "400 megapixels of a JPEG behind a marker without length",
            "b.jpg",
            () => ImageBombs.HiddenJpeg(20_000, 20_000)
        ),
        Image("400 megapixels in the frame of a JPEG", "b.jpg", () => ImageBombs.Jpeg(20_000, 20_000)),
        Image("3,600 megapixels of a PNG", "b.png", () => ImageBombs.Png(60_000, 60_000, 1 << 20)),
        Image("a PNG of 2^31 by 2^31", "b.png", () => ImageBombs.Png(1u << 31, 1u << 31, 1000)),
        Image(
            "a PNG whose text unpacks to 1 GB",
            "b.png",
            () => ImageBombs.Png(8, 8, 200, ("zTXt", [(byte)'a', 0, 0, .. ImageBombs.Packed(1 << 30)])),
            0,
            1
        ),
        Image(
            "a PNG whose profile unpacks to 1 GB",
            "b.png",
            () => ImageBombs.Png(8, 8, 200, ("iCCP", [(byte)'a', 0, 0, .. ImageBombs.Packed(1 << 30)])),
            0,
            1
        ),
        Image(
            "a PNG of 100,000 empty chunks",
            "b.png",
            () => ImageBombs.Png(8, 8, 200, [.. Enumerable.Repeat(("aaAa", Array.Empty<byte>()), 100_000)]),
            0,
            1
        ),
        Image("4 GB of zeros called a JPEG", "b.jpg", null),
    ];

    public static IReadOnlyList<HostileTrial> Models { get; } =
    [
        Inspect("an ONNX file without an end", "", "ln -s /dev/zero b.onnx; exec $TOOL inspect b.onnx", 1, 2) with
        {
            MostMebibytes = 64,
        },
        new(Kind, "an ONNX stream without an end, in a program", "exec $LIB endless-onnx", 0)
        {
            MostSeconds = 4,
            MostMebibytes = 160,
        },
        Inspect(
            "an ONNX pipe without an end",
            "",
            "mkfifo b.onnx; (cat /dev/zero > b.onnx) & $TOOL inspect b.onnx; code=$?; kill $! 2>/dev/null; exit $code",
            1,
            2
        ),
        Inspect("4 GB of zeros called ONNX", "", "truncate -s 4G b.onnx; exec $TOOL inspect b.onnx", 1),
        Inspect(
            "4 GB of zeros called safetensors",
            "",
            "truncate -s 4G b.safetensors; exec $TOOL inspect b.safetensors",
            1
        ),
        Inspect("1,000,000 tensors in a safetensors file", "b.safetensors", "", 1) with
        {
            Prepare = f => ModelBombs.SafeTensors(Path.Combine(f, "b.safetensors"), 1_000_000),
            MostMebibytes = Most + Header,
        },
        Inspect("a safetensors header of 99 MB of blanks", "", "exec $TOOL inspect b.safetensors", 1) with
        {
            Prepare = f =>
                ModelBombs.Header(
                    Path.Combine(f, "b.safetensors"),
                    99_000_000,
                    "{" + new string(' ', 98_999_998) + "}",
                    0
                ),
            MostMebibytes = Most + Header,
        },
        Inspect("a safetensors header that claims 99 MB", "", "exec $TOOL inspect b.safetensors", 1) with
        {
            Prepare = f => ModelBombs.Header(Path.Combine(f, "b.safetensors"), 99_000_000, "{}", 1L << 32),
            MostMebibytes = Most + Header,
        },
        Onnx("ConstantOfShape of 2^40 values", f => ModelBombs.Fills(f, 1, 1 << 20, 1 << 20)),
        Onnx("500 times ConstantOfShape of 2^20 values", f => ModelBombs.Fills(f, 500, 1 << 18, 4)) with
        {
            MostMebibytes = Most + Folded,
        },
        Onnx("functions that double 40 times", f => ModelBombs.Functions(f, 40)) with
        {
            MostMebibytes = Most + Inlined,
        },
        Onnx("functions that double 90 times", f => ModelBombs.Functions(f, 90)) with
        {
            MostMebibytes = Most + Inlined,
        },
        Onnx("graphs within graphs, 3,000 deep", f => ModelBombs.Nested(f, 3_000)),
        Onnx("1,000,000 empty nodes", f => ModelBombs.Empty(f, 1_000_000)) with
        {
            MostMebibytes = 400,
        },
        new(Kind, "a configuration nested 100,000 deep", "exec $TOOL train b.json", 2)
        {
            Prepare = f => File.WriteAllText(Path.Combine(f, "b.json"), new string('[', 100_000)),
        },
        new(Kind, "a configuration of 4 GB of zeros", "truncate -s 4G b.json; exec $TOOL train b.json", 1, 2),
        new(Kind, "a configuration without an end", "ln -s /dev/zero b.json; exec $TOOL train b.json", 1, 2),
        new(
            Kind,
            "a network of 2^31 units",
            "exec $TOOL train $BASE/short.json --out run --set network.layers.0.units=2147483647",
            1,
            2
        ),
        new(Kind, "a network of 2^62 values", "exec $TOOL plan b.json", 1, 2)
        {
            Prepare = f =>
                File.WriteAllText(
                    Path.Combine(f, "b.json"),
                    """{"network":{"input":[46340,46340,1],"layers":[{"type":"conv2d","filters":2147483647,"kernel":1}]}}"""
                ),
        },
    ];

    private static string Data(string folder) => Path.Combine(folder, "data.tar.gz");

    private static HostileTrial Tar(string name, Action<string> prepare, string says) =>
        new(Kind, name, Train, 1, 2)
        {
            Prepare = f =>
            {
                prepare(f);
                File.WriteAllText(
                    Path.Combine(f, "c.json"),
                    """{"network":{"name":"resnet"},"data":{"type":"images","source":"data.tar.gz","size":32},"batchSize":2}"""
                );
            },
            Says = says,
        };

    private static HostileTrial Image(string name, string file, Func<byte[]>? content, params int[] exits) =>
        new(
            Kind,
            name,
            $"exec $TOOL run $BASE/images.onnx --input {file} --scale 1/255 --output-dir out",
            exits.Length == 0 ? [1, 2] : exits
        )
        {
            Prepare = f =>
            {
                using FileStream made = File.Create(Path.Combine(f, file));
                if (content is null)
                    made.SetLength(4L << 30);
                else
                    made.Write(content());
            },
        };

    private static HostileTrial Inspect(string name, string file, string command, params int[] exits) =>
        new(Kind, name, command.Length > 0 ? command : $"exec $TOOL inspect {file}", exits);

    private static HostileTrial Onnx(string name, Action<string> make) =>
        new(Kind, name, "exec $TOOL inspect b.onnx", 1) { Prepare = f => make(Path.Combine(f, "b.onnx")) };
}
