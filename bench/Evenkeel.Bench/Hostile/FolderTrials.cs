namespace Evenkeel.Bench.Hostile;

/// <summary>Folders that vanish or change while something is written there.</summary>
internal static class FolderTrials
{
    private const string Kind = "run folders that vanish";
    private const string Begin =
        "$TOOL train $BASE/long.json --out run & pid=$!; for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1; test -e run/checkpoints/last.safetensors && break; done; ";
    private const string End = "; sleep 3; kill -TERM $pid; wait $pid; code=$?; ";
    private const string Resume =
        "$TOOL train --resume run --steps 1000000000 & pid=$!; sleep 4; kill -TERM $pid; wait $pid || test $? = 130 || exit 96; exit $code";

    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        Of("deleted while training, then resumed", $"{Begin}rm -rf run{End}{Resume}", 130, 3),
        Of("moved away while training", $"{Begin}mv run away{End}exit $code", 130, 1, 3),
        Of("its checkpoints deleted while training, then resumed", $"{Begin}rm -rf run/checkpoints{End}{Resume}", 130),
        Of("its record deleted while training, then resumed", $"{Begin}rm -f run/run.json{End}{Resume}", 130),
        Of("its metrics deleted while training, then resumed", $"{Begin}rm -f run/metrics.jsonl{End}{Resume}", 130),
        Of("a file in its place", $"{Begin}rm -rf run; touch run{End}exit $code", 1, 3, 130),
    ];

    private static HostileTrial Of(string name, string command, params int[] exits) =>
        new(Kind, name, command, exits)
        {
            MostSeconds = 60,
            MostMebibytes = 300,
            Patience = 90,
        };
}
