namespace Evenkeel.Bench.Hostile;

/// <summary>Streams and logs that cannot be written: training goes on, other verbs end with a code of their own.</summary>
internal static class StreamTrials
{
    private const string Kind = "unwritable logs";
    private const double Training = 15;
    private const long TrainingMemory = 256;

    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        Train("standard error on a full device", "exec $TOOL train $BASE/short.json --out run 2>/dev/full", 0),
        Train("standard error closed", "exec $TOOL train $BASE/short.json --out run 2>&-", 0),
        Train("standard output on a full device", "exec $TOOL train $BASE/short.json --out run >/dev/full", 4),
        Train("standard output closed", "exec $TOOL train $BASE/short.json --out run >&-", 4),
        Train("both on a full device", "exec $TOOL train $BASE/short.json --out run >/dev/full 2>/dev/full", 4),
        Train("all three closed", "exec $TOOL train $BASE/short.json --out run >&- 2>&- <&-", 4),
        Train(
            "standard error a pipe that nobody reads",
            "$TOOL train $BASE/short.json --out run 2> >(exec true); code=$?; exit $code",
            0
        ),
        Read("inspect, standard output on a full device", "exec $TOOL inspect $BASE/model.safetensors >/dev/full", 4),
        Read("inspect, standard output closed", "exec $TOOL inspect $BASE/model.safetensors >&-", 4),
        Read("inspect as JSON, standard output closed", "exec $TOOL inspect $BASE/model.safetensors --json >&-", 4),
        Read("plan into a pipe that nobody reads", "$TOOL plan mnist | true; exit ${PIPESTATUS[0]}", 0, 4),
        Read("help, standard output closed", "exec $TOOL --help >&-", 0, 4),
        Read("an error, standard error on a full device", "exec $TOOL inspect none.onnx 2>/dev/full", 1, 2),
        Read("an error, standard error closed", "exec $TOOL inspect none.onnx 2>&-", 1, 2),
        new(
            Kind,
            "a run's folder on a file system that is full",
            Mounted("256k", "head -c 200k /dev/zero > disk/fill; $TOOL train $BASE/short.json --out disk/run; code=$?"),
            1,
            3
        )
        {
            MostSeconds = Training,
            MostMebibytes = TrainingMemory,
            Says = "disk/run",
            Skipped = NoMount,
        },
        new(
            Kind,
            "a file system that fills up while training, and has room again",
            Mounted(
                "2m",
                """
                $TOOL train $BASE/long.json --out disk/run & pid=$!
                for i in $(seq 40); do sleep 0.5; test -e disk/run/checkpoints/last.safetensors && break; done
                head -c 3m /dev/zero > disk/fill; sleep 3; rm disk/fill; sleep 3; kill -TERM $pid; wait $pid; code=$?
                ls disk/run/checkpoints/last.safetensors >/dev/null || code=99
                """
            ),
            130
        )
        {
            MostSeconds = Training,
            MostMebibytes = TrainingMemory,
            Skipped = NoMount,
        },
    ];

    /// <summary>Why nothing can be mounted here.</summary>
    public static string? NoMount { get; } =
        Environment.IsPrivilegedProcess ? null : "a file system of its own needs root";

    /// <summary>A command with a small file system at <c>disk</c>; the code it ends with is in $code.</summary>
    public static string Mounted(string size, string command) =>
        $"mkdir disk; mount -t tmpfs -o size={size} none disk || exit 98; {command}\nwait; umount disk; exit $code";

    private static HostileTrial Train(string name, string command, params int[] exits) =>
        new(Kind, $"train, {name}", command, exits)
        {
            MostSeconds = Training,
            MostMebibytes = TrainingMemory,
            After = folder =>
                Directory.Exists(Path.Combine(folder, "run", "checkpoints")) ? null : "the run has no checkpoint",
        };

    private static HostileTrial Read(string name, string command, params int[] exits) =>
        new(Kind, name, command, exits);
}
