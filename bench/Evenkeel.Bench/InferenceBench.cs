using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Inference;
using Evenkeel.Onnx;

namespace Evenkeel.Bench;

/// <summary>Inference of BN-Inception with batch normalisation folded, beside ONNX Runtime on the same file; rounds alternate.</summary>
internal static class InferenceBench
{
    private const int Side = 224;
    private const double Seconds = 3;

    public static void Run(TextWriter output, int rounds, string peers)
    {
        string folder = Directory.CreateTempSubdirectory("evenkeel-bench-").FullName;
        try
        {
            string path = FoldedInception.Write(folder);
            output.WriteLine("| batch | threads | Evenkeel ms | ONNX Runtime ms | speed ratio | of least times |");
            output.WriteLine("|---|---|---|---|---|---|");
            using OnnxModel imported = OnnxModel.Load(path);
            foreach (int batch in (int[])[1, 32])
            {
                foreach (int threads in (int[])[1, 2])
                    output.WriteLine(Compare(imported.Model, path, batch, threads, rounds, peers));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Compare(Model model, string path, int batch, int threads, int rounds, string peers)
    {
        var ours = new List<(double Median, double Least)>();
        var theirs = new List<(double Median, double Least)>();
        for (int round = 0; round < rounds; round++)
        {
            ours.Add(Ours(model, batch, threads));
            theirs.Add(Theirs(path, batch, threads, peers));
        }

        double our = Middle(ours),
            their = Middle(theirs);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {batch} | {threads} | {1e3 * our:F1} | {1e3 * their:F1} | {their / our:F2} | {theirs.Min(t => t.Least) / ours.Min(t => t.Least):F2} |"
        );
    }

    private static double Middle(List<(double Median, double Least)> rounds) =>
        rounds.Select(r => r.Median).Order().ElementAt(rounds.Count / 2);

    private static (double Median, double Least) Ours(Model model, int batch, int threads)
    {
        using var predictor = new Predictor(model, batch, threads);
        float[] inputs = [.. Enumerable.Range(0, batch * Side * Side * 3).Select(i => MathF.Sin(i))];
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

    private static (double Median, double Least) Theirs(string path, int batch, int threads, string peers)
    {
        string[] arguments =
        [
            Path.Combine(peers, "time_onnx.mjs"),
            path,
            "--dims",
            string.Create(CultureInfo.InvariantCulture, $"{batch},3,{Side},{Side}"),
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
