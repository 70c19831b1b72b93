using System.Globalization;

namespace Evenkeel.Bench.Hostile;

/// <summary>Networks of very many layers, up to the limit: in time that grows as they do.</summary>
internal static class SizeTrials
{
    private const string Kind = "many layers";

    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        Chain(20_000, 5, 400),
        Chain(99_999, 20, 1600),
        new(Kind, "an ONNX chain above the limit", "exec $TOOL inspect b.onnx", 1)
        {
            Prepare = f => ModelBombs.Chain(Path.Combine(f, "b.onnx"), 100_001),
            Says = "limit of 100000",
            MostMebibytes = 400,
        },
        Configured("plan", 20_000, 10, 600),
        new(Kind, "train, 2,000 layers, one step", "exec $TOOL train b.json --out run --steps 1 --threads 1", 0)
        {
            Prepare = f => Write(f, 2_000),
            MostSeconds = 20,
            MostMebibytes = 600,
        },
    ];

    private static HostileTrial Chain(int nodes, double seconds, long mebibytes) =>
        new(
            Kind,
            string.Create(CultureInfo.InvariantCulture, $"an ONNX chain of {nodes:N0} nodes, one prediction"),
            "exec $TOOL run b.onnx --input $BASE/x.npy --output-dir out",
            0
        )
        {
            Prepare = f => ModelBombs.Chain(Path.Combine(f, "b.onnx"), nodes),
            MostSeconds = seconds,
            MostMebibytes = mebibytes,
            Patience = 180,
        };

    private static HostileTrial Configured(string verb, int layers, double seconds, long mebibytes) =>
        new(
            Kind,
            string.Create(CultureInfo.InvariantCulture, $"{verb}, a configuration of {layers:N0} layers"),
            $"exec $TOOL {verb} b.json",
            0,
            2
        )
        {
            Prepare = f => Write(f, layers),
            MostSeconds = seconds,
            MostMebibytes = mebibytes,
            Patience = 180,
        };

    private static void Write(string folder, int layers) =>
        File.WriteAllText(
            Path.Combine(folder, "b.json"),
            $$"""
            {"network":{"layers":[{"type":"linear","units":10},{{string.Join(
                ',',
                Enumerable.Repeat("{\"type\":\"relu\"}", layers)
            )}}]},
            "data":{"trainCount":600,"testCount":100} }
            """
        );
}
