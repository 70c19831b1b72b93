using System.IO.Compression;
using System.Text.Json;
using Evenkeel.Data.Formats;

namespace Evenkeel.Bench.Hostile;

/// <summary>Names with escape sequences, bells and line ends: nothing of them reaches the terminal; JSON has them exactly.</summary>
internal static class NameTrials
{
    private const string Kind = "names that steer terminals";
    private const string Evil = "\e]0;x\a\e[2Jevenkeel: all is well\nforged";

    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        Of("a file that is not there", @"exec $TOOL inspect $'\e[31mb\a\n.onnx'", 1, 2),
        Of("a file that is no model", @"f=$'\e[2Jb\n.safetensors'; echo x > ""$f""; exec $TOOL inspect ""$f""", 1, 2),
        Of("an option's value", @"exec $TOOL train $BASE/short.json --set $'network.\e[31m=1'", 1, 2),
        Of("a verb", @"exec $TOOL $'\e[31mverb\a'", 1, 2),
        Of("a layer's name in a configuration", "exec $TOOL plan b.json", 0, 1, 2) with
        {
            Prepare = Layer,
        },
        Of("an operator of an ONNX file", "exec $TOOL inspect b.onnx", 1) with
        {
            Prepare = f => ModelBombs.Named(Path.Combine(f, "b.onnx"), Evil, "node"),
        },
        Of("a node of an ONNX file", "exec $TOOL run b.onnx --input $BASE/x.npy --output-dir out", 0, 1, 2) with
        {
            Prepare = f => ModelBombs.Named(Path.Combine(f, "b.onnx"), "Relu", Evil),
        },
        Of("an external file of an ONNX file", "exec $TOOL inspect b.onnx", 1) with
        {
            Prepare = f => ModelBombs.External(Path.Combine(f, "b.onnx"), Evil),
        },
        Of("an array of an .npz", "exec $TOOL run $BASE/model.onnx --input b.npz --output-dir out", 1, 2) with
        {
            Prepare = Arrays,
        },
        Of("a tensor of a safetensors file", "exec $TOOL inspect b.safetensors", 1) with
        {
            Prepare = f =>
            {
                string header = JsonSerializer.Serialize(
                    new Dictionary<string, object>
                    {
                        [Evil] = new
                        {
                            dtype = Evil,
                            shape = (int[])[1],
                            data_offsets = (int[])[0, 4],
                        },
                    }
                );
                ModelBombs.Header(Path.Combine(f, "b.safetensors"), header.Length, header, 0);
            },
        },
        Of(
            "a class of images",
            @"for s in train test; do for c in $'\e[31ma\a' b; do mkdir -p ""d/$s/$c""; cp $BASE/1.jpg ""d/$s/$c/1.jpg""; done; done; rm -r d/test/b; exec $TOOL eval $BASE/images.onnx --data d",
            0,
            1,
            2
        ),
        Of(
            "an image's name",
            @"mkdir d; echo x > d/$'\e[31ma\a\n.jpg'; exec $TOOL run $BASE/images.onnx --input d --output-dir out",
            1,
            2
        ),
        Of(
            "a value of 120,000 characters",
            "exec $TOOL train $BASE/short.json --set optimizer.type=$(head -c 120000 /dev/zero | tr '\\0' x)",
            2
        ),
    ];

    private static HostileTrial Of(string name, string command, params int[] exits) => new(Kind, name, command, exits);

    private static void Layer(string folder)
    {
        string name = JsonSerializer.Serialize(Evil);
        File.WriteAllText(
            Path.Combine(folder, "b.json"),
            $$$"""{"network":{"layers":[{"type":"linear","units":10,"name":{{{name}}}},{"type":"relu","inputs":[{{{name}}}]}]}}"""
        );
    }

    private static void Arrays(string folder)
    {
        using ZipArchive zip = ZipFile.Open(Path.Combine(folder, "b.npz"), ZipArchiveMode.Create);
        foreach (string name in (string[])[$"{Evil}.npy", $"{Evil}2.npy"])
        {
            using Stream entry = zip.CreateEntry(name).Open();
            NpyFile.Write(entry, [2, 4], new float[8]);
        }
    }
}
