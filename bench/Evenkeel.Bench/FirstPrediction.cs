using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Data.Formats;
using Evenkeel.Testing.Peers;

namespace Evenkeel.Bench;

/// <summary>Start of a process to its first prediction: model read from a file, one image read and run, the result written.</summary>
internal static class FirstPrediction
{
    private const int Side = 224;
    private const int Rounds = 11;
    private const string Python = "/usr/bin/python3";

    /// <summary>What makes this program be the peer: <c>predict-with-onnx-runtime model.onnx x.npy y.npy</c>.</summary>
    public const string PeerVerb = "predict-with-onnx-runtime";

    public static void Run(TextWriter output, string peers)
    {
        string folder = Directory.CreateTempSubdirectory("evenkeel-bench-").FullName;
        try
        {
            Run(output, FoldedInception.Write(folder), folder, peers);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A peer that is absent is left out, and said to be.
    private static List<(string Name, string Program, string[] Arguments)> Programs(
        TextWriter output,
        string model,
        string folder,
        string peers
    )
    {
        string image = Path.Combine(folder, "x.npy"),
            traced = Path.Combine(folder, "traced.pt"),
            script = Path.Combine(peers, "first_prediction.py");
        using (FileStream file = File.Create(image))
            NpyFile.Write(file, [1, 3, Side, Side], new float[3 * Side * Side]);
        string[] run = ["run", model, "--input", image, "--output-dir", folder];
        // Before the publishing, which takes minutes.
        string built = Built();
        var programs = new List<(string Name, string Program, string[] Arguments)>
        {
            ("`evenkeel`, published with `-p:PublishAot=true`", Native(Path.Combine(folder, "native")), run),
            ("`evenkeel`, published with `-p:Precompiled=true`", Published(), run),
            ("`evenkeel`, built, which the JIT compiles", "dotnet", [built, .. run]),
        };
        if (OnnxRuntimePeer.IsPresent)
            programs.Add(
                (
                    "ONNX Runtime in a .NET program",
                    "dotnet",
                    [typeof(FirstPrediction).Assembly.Location, PeerVerb, model, image, Path.Combine(folder, "y.npy")]
                )
            );
        else
            output.WriteLine($"{OnnxRuntimePeer.HowToGet}\n");
        if (Machine.HasPyTorch)
        {
            Peer.Output(Python, script, traced, "--make");
            programs.Add(("PyTorch, traced and frozen", Python, [script, traced, image]));
        }
        else
        {
            output.WriteLine("PyTorch is not here; bench/peers/README.md says how to have it.\n");
        }

        return programs;
    }

    private static void Run(TextWriter output, string model, string folder, string peers)
    {
        List<(string Name, string Program, string[] Arguments)> programs = Programs(output, model, folder, peers);
        double[] seconds = Medians([.. programs.Select(p => (Action)(() => Peer.Output(p.Program, p.Arguments)))]);
        output.WriteLine("| program | seconds | over the first |");
        output.WriteLine("|---|---|---|");
        for (int i = 0; i < programs.Count; i++)
        {
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {programs[i].Name} | {seconds[i]:F3} | {seconds[i] / seconds[0]:F2} |"
                )
            );
        }
    }

    /// <summary>The peer's whole work: reads the model and an array, writes the first output.</summary>
    public static void RunPeer(string model, string input, string output)
    {
        NpyArray x = NpyFile.Read(input);
        // The tool, too, takes all processors.
        using var peer = new OnnxRuntimePeer(model, Environment.ProcessorCount);
        PeerArray y = peer.Run(new PeerArray([.. x.Dimensions], x.Values))[peer.OutputNames[0]];
        using FileStream file = File.Create(output);
        NpyFile.Write(file, y.Dimensions, y.Values);
    }

    private static double[] Medians(Action[] programs)
    {
        var times = programs.Select(_ => new List<double>()).ToArray();
        for (int round = 0; round <= Rounds; round++)
        {
            for (int turn = 0; turn < programs.Length; turn++)
            {
                int i = (round + turn) % programs.Length;
                // What runs just before a program weighs on it: the one behind PyTorch took up to four times as long. So each follows itself.
                programs[i]();
                long begin = Stopwatch.GetTimestamp();
                programs[i]();
                times[i].Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }
        }

        // The first round brings files into memory.
        return [.. times.Select(t => t.Skip(1).Order().ElementAt(Rounds / 2))];
    }

    private static string Built()
    {
        string project = RepositoryFolder.Of("src", "Evenkeel.Cli");
        Peer.Output("dotnet", "build", project, "-c", "Release");
        string file = Path.Combine(project, "bin", "Release", "net10.0", "Evenkeel.Cli.dll");
        return File.Exists(file) ? file : throw new FileNotFoundException("dotnet build did not make it.", file);
    }

    private static string Published()
    {
        Publish("-p:Precompiled=true", $"-p:InstructionSet={Widest}");
        return RepositoryFolder.Of("artifacts", "publish", "Evenkeel.Cli", "release_linux-x64", "Evenkeel.Cli");
    }

    private static string Native(string folder)
    {
        Publish("-p:PublishAot=true", $"-p:IlcInstructionSet={Widest}", "-o", folder);
        return Path.Combine(folder, "Evenkeel.Cli");
    }

    // For the vectors of this machine: code for wider ones than it has would be compiled anew, or not start.
    private static string Widest => Avx512F.IsSupported ? "x86-64-v4" : "x86-64-v3";

    private static void Publish(params string[] options) =>
        Peer.Output("dotnet", ["publish", RepositoryFolder.Of("src", "Evenkeel.Cli"), "-r", "linux-x64", .. options]);
}
