using System.IO.Compression;
using Evenkeel.Data.Formats;

namespace Evenkeel.Bench.Hostile;

/// <summary>What ended without a word, or with words that mislead.</summary>
internal static class PoorTrials
{
    private const string Kind = "poor messages";

    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        Input("NaN", float.NaN),
        Input("infinite", float.PositiveInfinity),
        Input("1e38", 1e38f),
        Of("a batch of 2^31-1", "exec $TOOL train $BASE/short.json --out run --set batchSize=2147483647", 1, 2),
        Of("a batch of 2^32", "exec $TOOL train $BASE/short.json --out run --batch-size 4294967296", 1, 2),
        Of("2^40 steps", "exec $TOOL train $BASE/short.json --out run --steps 1099511627776", 1, 2),
        Of("-1 threads", "exec $TOOL run $BASE/model.onnx --input $BASE/x.npy --output-dir out --threads -1", 1, 2),
        Of("an .npz without arrays", "exec $TOOL run $BASE/model.onnx --input b.npz --output-dir out", 1, 2) with
        {
            Prepare = f => ZipFile.Open(Path.Combine(f, "b.npz"), ZipArchiveMode.Create).Dispose(),
            Says = "b.npz",
        },
        Of("a folder called ONNX", "mkdir b.onnx; exec $TOOL inspect b.onnx", 1, 2) with
        {
            Says = "folder",
        },
        Of(
            "a folder called an array",
            "mkdir b.npy; exec $TOOL run $BASE/model.onnx --input b.npy --output-dir out",
            1,
            2
        ),
        Of("files of at most 4 MB", "ulimit -f 4000; exec $TOOL train $BASE/short.json --out run", 1, 2, 3) with
        {
            Says = "ulimit",
        },
        Of("64 open files", "ulimit -n 64; exec $TOOL train $BASE/short.json --out run", 0, 1, 2, 3) with
        {
            MostSeconds = 15,
            MostMebibytes = 256,
        },
        Of("40 open files", "ulimit -n 40; exec $TOOL inspect $BASE/model.onnx", 1) with
        {
            Says = "ulimit",
        },
        Of(
            "export to a full disk",
            StreamTrials.Mounted(
                "16k",
                "head -c 16k /dev/zero > disk/f; $TOOL export $BASE/images.safetensors --out disk/b.onnx; code=$?; test -e disk/b.onnx && code=95"
            ),
            1
        ) with
        {
            Skipped = StreamTrials.NoMount,
            Says = "disk/b.onnx",
        },
        Of(
            "an image of 100,000 x 100,000 asked for",
            "exec $TOOL run b.onnx --input $BASE/1.jpg --input-shape x=1,3,100000,100000 --output-dir out",
            1,
            2
        ) with
        {
            Prepare = f => ModelBombs.Named(Path.Combine(f, "b.onnx"), "Relu", "relu"),
        },
        Of("BN-Inception at 4,096 pixels, 60 images at a time", "exec $TOOL plan b.json", 1, 2) with
        {
            Prepare = Large,
            Says = "GiB",
        },
        Of("BN-Inception at 4,096 pixels, one image", "exec $TOOL plan b.json --batch 1 --mode inference", 0) with
        {
            Prepare = Large,
            Says = "activations",
        },
    ];

    private static HostileTrial Of(string name, string command, params int[] exits) => new(Kind, name, command, exits);

    private static HostileTrial Input(string name, float value) =>
        Of($"inputs that are {name}", "exec $TOOL run $BASE/model.onnx --input b.npy --output-dir out", 0, 1) with
        {
            Prepare = f =>
            {
                using FileStream file = File.Create(Path.Combine(f, "b.npy"));
                NpyFile.Write(file, [1, 4], [value, value, value, value]);
            },
            Says = float.IsFinite(value) ? "" : "NaN, infinite",
        };

    private static void Large(string folder) =>
        File.WriteAllText(
            Path.Combine(folder, "b.json"),
            """{"network":{"name":"bn-inception","classes":10},"data":{"type":"images","size":4096}}"""
        );
}
