namespace Evenkeel.Bench.Hostile;

/// <summary>Outputs that are devices or pipes stay what they are.</summary>
internal static class OutputTrials
{
    private const string Kind = "outputs that are no files";

    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        Of(
            "export into a full device",
            "$TOOL export $BASE/model.safetensors --out full.onnx; code=$?; test -c /dev/full || code=97; exit $code",
            1
        ) with
        {
            Prepare = f => Link(f, "full.onnx", "/dev/full"),
        },
        Of(
            "export into the null device",
            "$TOOL export $BASE/model.safetensors --out null.onnx; code=$?; test -c /dev/null || code=97; exit $code",
            0,
            1
        ) with
        {
            Prepare = f => Link(f, "null.onnx", "/dev/null"),
        },
        Of(
            "fold into a full device",
            "$TOOL fold $BASE/model.safetensors --out full.safetensors; code=$?; test -c /dev/full || code=97; exit $code",
            1
        ) with
        {
            Prepare = f => Link(f, "full.safetensors", "/dev/full"),
        },
        Of(
            "fold into the null device",
            "$TOOL fold $BASE/model.safetensors --out null.safetensors; code=$?; test -c /dev/null || code=97; exit $code",
            0,
            1
        ) with
        {
            Prepare = f => Link(f, "null.safetensors", "/dev/null"),
        },
        Of(
            "fold into a pipe that is read",
            "mkfifo p.safetensors; cat p.safetensors > got & $TOOL fold $BASE/model.safetensors --out p.safetensors; code=$?; test -p p.safetensors || code=97; kill $! 2>/dev/null; exit $code",
            0,
            1
        ),
        Of(
            "a picture into a full device",
            "$TOOL inspect $BASE/model.safetensors --picture full.svg; code=$?; test -c /dev/full || code=97; exit $code",
            1
        ) with
        {
            Prepare = f => Link(f, "full.svg", "/dev/full"),
        },
        Of("outputs into a device", "exec $TOOL run $BASE/model.onnx --input $BASE/x.npy --output-dir /dev/null", 1, 2),
        Of("a run into a device", "exec $TOOL train $BASE/short.json --out /dev/null", 1, 2),
        Of("export into a folder", "mkdir b.onnx; exec $TOOL export $BASE/model.safetensors --out b.onnx", 1, 2),
        Of(
            "export into a folder that is not there",
            "exec $TOOL export $BASE/model.safetensors --out no/b.onnx",
            0,
            1,
            2
        ),
        Of("export where nothing may be written", "exec $TOOL export $BASE/model.safetensors --out /proc/b.onnx", 1, 2),
    ];

    private static HostileTrial Of(string name, string command, params int[] exits) =>
        new(Kind, name, command, exits) { Patience = 30 };

    private static void Link(string folder, string name, string to) =>
        File.CreateSymbolicLink(Path.Combine(folder, name), to);
}
