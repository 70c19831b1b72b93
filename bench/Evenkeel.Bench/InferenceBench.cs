using System.Diagnostics;
using System.Globalization;
using Evenkeel.Onnx;
using Evenkeel.Testing.Peers;

namespace Evenkeel.Bench;

/// <summary>Inference of image networks beside ONNX Runtime on the same file; rounds alternate.</summary>
internal static class InferenceBench
{
    private const double Seconds = 3;

    /// <summary>BN-Inception with batch normalisation folded, and the files of a folder if one is given.</summary>
    /// <param name="output">Where the table goes.</param>
    /// <param name="threads">Numbers of threads.</param>
    /// <param name="rounds">Rounds in which both sides alternate.</param>
    /// <param name="models">A folder of ONNX files, or empty.</param>
    /// <param name="filter">Part of the names of the files to run; empty for all.</param>
    public static void Run(TextWriter output, int[] threads, int rounds, string models, string filter)
    {
        string folder = Directory.CreateTempSubdirectory("evenkeel-bench-").FullName;
        try
        {
            string[] files = models.Length > 0 ? Directory.GetFiles(models, "*.onnx") : [];
            (string Path, int[] Batches)[] chosen =
            [
                .. files
                    .Order()
                    .Select(file => (Path: file, Batches: (int[])[1]))
                    .Prepend((FoldedInception.Write(folder), [1, 32]))
                    .Where(n => Name(n.Path).Contains(filter, StringComparison.OrdinalIgnoreCase)),
            ];
            if (chosen.Length == 0)
            {
                output.WriteLine($"No network's name contains '{filter}'.");
                return;
            }

            output.WriteLine(
                "| network | batch | threads | Evenkeel ms | ONNX Runtime ms | speed ratio | of least times |"
            );
            output.WriteLine("|---|---|---|---|---|---|---|");
            foreach ((string path, int[] batches) in chosen)
                Compare(output, path, batches, threads, rounds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path);

    private static void Compare(TextWriter output, string path, int[] batches, int[] threadCounts, int rounds)
    {
        using OnnxModel imported = OnnxModel.Load(path);
        foreach (int batch in batches)
        {
            foreach (int threads in threadCounts)
                output.WriteLine(Compare(imported.Model, path, batch, threads, rounds));
        }
    }

    private static string Compare(Model model, string path, int batch, int threads, int rounds)
    {
        var ours = new List<(double Median, double Least)>();
        var theirs = new List<(double Median, double Least)>();
        for (int round = 0; round < rounds; round++)
        {
            ours.Add(Ours(model, batch, threads));
            theirs.Add(Theirs(model.Graph.Input.Shape, path, batch, threads));
        }

        double our = Middle(ours),
            their = Middle(theirs);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name(path)} | {batch} | {threads} | {1e3 * our:F1} | {1e3 * their:F1} | {their / our:F2} | {theirs.Min(t => t.Least) / ours.Min(t => t.Least):F2} |"
        );
    }

    private static double Middle(List<(double Median, double Least)> rounds) =>
        rounds.Select(r => r.Median).Order().ElementAt(rounds.Count / 2);

    private static (double Median, double Least) Ours(Model model, int batch, int threads)
    {
        using var predictor = new Predictor(model, batch, threads);
        float[] inputs = [.. Enumerable.Range(0, batch * predictor.InputShape.Count).Select(i => MathF.Sin(i))];
        float[] outputs = new float[batch * predictor.OutputShape.Count];
        return Times(() => predictor.Predict(inputs, outputs));
    }

    private static (double Median, double Least) Theirs(Shape input, string path, int batch, int threads)
    {
        using var peer = new OnnxRuntimePeer(path, threads);
        float[] inputs = [.. Enumerable.Range(0, batch * input.Count).Select(i => MathF.Sin(i))];
        return Times(
            peer.Prepare(new PeerArray([batch, input.Channels, input.Dimensions[0], input.Dimensions[1]], inputs))
        );
    }

    private static (double Median, double Least) Times(Action run)
    {
        for (int i = 0; i < 3; i++)
            run();
        var times = new List<double>();
        var whole = Stopwatch.StartNew();
        while (times.Count < 5 || whole.Elapsed.TotalSeconds < Seconds)
        {
            long begin = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        times.Sort();
        return (times[times.Count / 2], times[0]);
    }
}
