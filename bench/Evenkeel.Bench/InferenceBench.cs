using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Graphs;
using Evenkeel.Inference;
using Evenkeel.Onnx;

namespace Evenkeel.Bench;

/// <summary>Inference of image networks beside ONNX Runtime on the same file; rounds alternate.</summary>
internal static class InferenceBench
{
    private const double Seconds = 3;

    /// <summary>BN-Inception with batch normalisation folded, and the files of a folder if one is given.</summary>
    public static void Run(TextWriter output, int rounds, string peers, string models)
    {
        string folder = Directory.CreateTempSubdirectory("evenkeel-bench-").FullName;
        try
        {
            string path = FoldedInception.Write(folder);
            output.WriteLine(
                "| network | batch | threads | Evenkeel ms | ONNX Runtime ms | speed ratio | of least times |"
            );
            output.WriteLine("|---|---|---|---|---|---|---|");
            Compare(output, path, [1, 32], rounds, peers);
            string[] files = models.Length > 0 ? Directory.GetFiles(models, "*.onnx") : [];
            foreach (string file in files.Order())
                Compare(output, file, [1], rounds, peers);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(TextWriter output, string path, int[] batches, int rounds, string peers)
    {
        using OnnxModel imported = OnnxModel.Load(path);
        foreach (int batch in batches)
        {
            foreach (int threads in (int[])[1, 2])
                output.WriteLine(Compare(imported.Model, path, batch, threads, rounds, peers));
        }
    }

    private static string Compare(Model model, string path, int batch, int threads, int rounds, string peers)
    {
        var ours = new List<(double Median, double Least)>();
        var theirs = new List<(double Median, double Least)>();
        for (int round = 0; round < rounds; round++)
        {
            ours.Add(Ours(model, batch, threads));
            theirs.Add(Theirs(model.Graph.Input.Shape, path, batch, threads, peers));
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
        for (int i = 0; i < 3; i++)
            predictor.Predict(inputs, outputs);
        var times = new List<double>();
        var whole = Stopwatch.StartNew();
        while (times.Count < 5 || whole.Elapsed.TotalSeconds < Seconds)
        {
            long begin = Stopwatch.GetTimestamp();
            predictor.Predict(inputs, outputs);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        times.Sort();
        return (times[times.Count / 2], times[0]);
    }

    private static (double Median, double Least) Theirs(Shape input, string path, int batch, int threads, string peers)
    {
        string[] arguments =
        [
            Path.Combine(peers, "time_onnx.mjs"),
            path,
            "--dims",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{batch},{input.Channels},{input.Dimensions[0]},{input.Dimensions[1]}"
            ),
            "--threads",
            threads.ToString(CultureInfo.InvariantCulture),
        ];
        using JsonDocument json = JsonDocument.Parse(Peer.Output("node", arguments));
        return (
            json.RootElement.GetProperty("run_s_median").GetDouble(),
            json.RootElement.GetProperty("run_s_min").GetDouble()
        );
    }
}
