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
    public static void Run(TextWriter output, int rounds, string models)
    {
        string folder = Directory.CreateTempSubdirectory("evenkeel-bench-").FullName;
        try
        {
            string path = FoldedInception.Write(folder);
            output.WriteLine(
                "| network | batch | threads | Evenkeel ms | ONNX Runtime ms | speed ratio | of least times |"
            );
            output.WriteLine("|---|---|---|---|---|---|---|");
            Compare(output, path, [1, 32], rounds);
            string[] files = models.Length > 0 ? Directory.GetFiles(models, "*.onnx") : [];
            foreach (string file in files.Order())
                Compare(output, file, [1], rounds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(TextWriter output, string path, int[] batches, int rounds)
    {
        using OnnxModel imported = OnnxModel.Load(path);
        foreach (int batch in batches)
        {
            foreach (int threads in (int[])[1, 2])
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
            $"| {Path.GetFileNameWithoutExtension(path)} | {batch} | {threads} | {1e3 * our:F1} | {1e3 * their:F1} | {their / our:F2} | {theirs.Min(t => t.Least) / ours.Min(t => t.Least):F2} |"
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
