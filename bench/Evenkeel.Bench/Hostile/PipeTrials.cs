namespace Evenkeel.Bench.Hostile;

/// <summary>Pipes and devices where a file is expected: refused or left out, never waited for; a signal ends the tool wherever it waits.</summary>
internal static class PipeTrials
{
    private const string Kind = "pipes and devices as inputs";
    private const double Patience = 20;
    private const string Stop = "& pid=$!; sleep 2; kill -TERM $pid; wait $pid";

    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        Of(
            "a pipe in a folder of images",
            Folder("mkfifo d/a.jpg") + "exec $TOOL run $BASE/images.onnx --input d --output-dir out",
            0,
            1,
            2
        ),
        Of(
            "a device in a folder of images",
            Folder("ln -s /dev/zero d/a.jpg") + "exec $TOOL run $BASE/images.onnx --input d --output-dir out",
            0,
            1,
            2
        ),
        Of("a pipe in classes of images", Classes("mkfifo d/test/a/2.jpg") + Eval, 0, 1, 2) with
        {
            MostSeconds = 15,
            MostMebibytes = 256,
        },
        Of("a device in classes of images", Classes("ln -s /dev/zero d/train/a/2.jpg") + Eval, 0, 1, 2) with
        {
            MostSeconds = 15,
            MostMebibytes = 256,
        },
        Of("a pipe as external data", "mkfifo w.bin; exec $TOOL inspect b.onnx", 1) with
        {
            Prepare = External,
        },
        Of("a device as external data", "ln -s /dev/zero w.bin; exec $TOOL inspect b.onnx", 1) with
        {
            Prepare = External,
        },
        Of("a folder as external data", "mkdir w.bin; exec $TOOL inspect b.onnx", 1) with
        {
            Prepare = External,
        },
        Of(
            "a pipe that nobody writes as the model, and a signal",
            $"mkfifo b.onnx; $TOOL inspect b.onnx {Stop}",
            1,
            2,
            130,
            143
        ),
        Of(
            "a pipe that nobody writes as safetensors, and a signal",
            $"mkfifo b.safetensors; $TOOL inspect b.safetensors {Stop}",
            1,
            2,
            130,
            143
        ),
        Of(
            "a pipe that nobody writes as an array, and a signal",
            $"mkfifo b.npy; $TOOL run $BASE/model.onnx --input b.npy --output-dir out {Stop}",
            1,
            2,
            130,
            143
        ),
        Of(
            "a pipe that nobody writes as an image, and a signal",
            $"mkfifo b.jpg; $TOOL run $BASE/images.onnx --input b.jpg --output-dir out {Stop}",
            1,
            2,
            130,
            143
        ),
        Of(
            "a pipe that nobody writes as a configuration, and a signal",
            $"mkfifo b.json; $TOOL train b.json {Stop}",
            1,
            2,
            130,
            143
        ),
        Of(
            "a pipe that nobody writes as MNIST, and a signal",
            $"for f in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do mkfifo $f-ubyte; done; $TOOL eval $BASE/model.onnx --data . {Stop}",
            1,
            2,
            130,
            143
        ),
        Of(
            "a pipe as a model's place of initial weights",
            "mkfifo w.safetensors; exec $TOOL train $BASE/short.json --out run --set init=$PWD/w.safetensors --steps 1",
            1,
            2
        ),
        Of(
            "a pipe in a run's folder",
            "$TOOL train $BASE/short.json --out run --steps 20 && rm -rf run/checkpoints/* && mkfifo run/checkpoints/last.safetensors && exec $TOOL train --resume run --steps 40",
            0,
            1,
            2
        ) with
        {
            MostSeconds = 15,
            MostMebibytes = 256,
        },
    ];

    private const string Eval = "exec $TOOL train c.json --out run --steps 1 --threads 1";

    private static HostileTrial Of(string name, string command, params int[] exits) =>
        new(Kind, name, command, exits) { Patience = Patience };

    private static string Folder(string add) => $"mkdir d; cp $BASE/1.jpg d/b.jpg; {add}; ";

    private static string Classes(string add) =>
        "for s in train test; do for c in a b; do mkdir -p d/$s/$c; for i in 01 02 03 04 05 06 07 08; do cp $BASE/1.jpg d/$s/$c/$i.jpg; done; done; done; "
        + """echo '{"network":{"name":"resnet","depth":8,"width":4},"data":{"type":"images","source":"d","size":32},"batchSize":2}' > c.json; """
        + $"{add}; ";

    private static void External(string folder) => ModelBombs.External(Path.Combine(folder, "b.onnx"), "w.bin");
}
