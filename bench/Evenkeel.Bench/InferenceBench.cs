using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Data.Formats;
using Evenkeel.Inference;
using Evenkeel.Networks;
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
            string path = Path.Combine(folder, "bn-inception.onnx");
            using (var model = Model.Create(BnInception.Create(), 1))
                OnnxExport.Save(model, path, new OnnxExportOptions { BatchNorm = BatchNormExport.Fold });
            output.WriteLine("| batch | threads | Evenkeel ms | ONNX Runtime ms | speed ratio | of least times |");
            output.WriteLine("|---|---|---|---|---|---|");
            using OnnxModel imported = OnnxModel.Load(path);
            foreach (int batch in (int[])[1, 32])
            {
                foreach (int threads in (int[])[1, 2])
                    output.WriteLine(Compare(imported.Model, path, batch, threads, rounds, peers));
            }

            output.WriteLine("\nStart of a process to its first prediction, one image, median of five:\n");
            ColdStart(output, path, folder, peers);
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
        using JsonDocument json = JsonDocument.Parse(Output("node", arguments));
        return (
            json.RootElement.GetProperty("run_s_median").GetDouble(),
            json.RootElement.GetProperty("run_s_min").GetDouble()
        );
    }

    private static void ColdStart(TextWriter output, string path, string folder, string peers)
    {
        string image = Path.Combine(folder, "x.npy");
        using (FileStream file = File.Create(image))
            NpyFile.Write(file, [1, 3, Side, Side], new float[3 * Side * Side]);
        string tool = Path.Combine(
            RepositoryFolder.Of("src", "Evenkeel.Cli"),
            "bin",
            "Release",
            "net10.0",
            "Evenkeel.Cli.dll"
        );
        double ours = Median(() => Output("dotnet", tool, "run", path, "--input", image, "--output-dir", folder));
        double theirs = Median(() =>
            Output("node", Path.Combine(peers, "run_onnx.mjs"), path, image, Path.Combine(folder, "y.npy"))
        );
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"`evenkeel run` {ours:F2} s, ONNX Runtime in Node {theirs:F2} s: {theirs / ours:F2}"
            )
        );
    }

    private static double Median(Action run)
    {
        double[] times = new double[5];
        for (int i = 0; i < times.Length; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            run();
            times[i] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }

        Array.Sort(times);
        return times[2];
    }

    private static string Output(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true }
        )!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? text
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} failed; its message is above."
            );
    }
}
