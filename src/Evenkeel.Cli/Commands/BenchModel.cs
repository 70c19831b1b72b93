using System.Diagnostics;
using System.Globalization;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Inference;
using Evenkeel.Kernels.Reference;

namespace Evenkeel.Cli.Commands;

/// <summary>The half of <c>evenkeel bench</c> that times a trained model's inference.</summary>
internal static class BenchModel
{
    private const int WarmUp = 3;
    private const int LeastRuns = 5;
    private const int MostRuns = 1_000;
    private const double Seconds = 3;

    /// <summary>Times runs over batches of one size for three seconds, five runs at least.</summary>
    public static int Run(CommandContext context, string path, int batch, int threads)
    {
        using LoadedModel loaded = LoadedModel.Load(path);
        using var predictor = new Predictor(loaded.Model, batch, threads);
        float[] inputs = new float[checked(batch * predictor.InputShape.Count)];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = MathF.Sin(i);
        float[] outputs = new float[batch * predictor.OutputShape.Count];
        double[] times = Measure(() => predictor.Predict(inputs, outputs), context.Cancellation);
        double median = times[times.Length / 2];
        context.WriteTable(
            new TextTable("figure", "value")
                .Row("model", path)
                .Row("batch, threads, vectors", $"{batch}, {threads}, {SelfCheck.VectorWidth}")
                .Row("run, median", Milliseconds(median))
                .Row("run, least", Milliseconds(times[0]))
                .Row("samples per second", (batch / median).ToString("N0", CultureInfo.InvariantCulture))
        );
        context.WriteJson(writer =>
        {
            writer.WriteString("model", path);
            writer.WriteNumber("batch", batch);
            writer.WriteNumber("threads", threads);
            writer.WriteString("vectors", SelfCheck.VectorWidth);
            writer.WriteNumber("runs", times.Length);
            writer.WriteNumber("run_s_median", median);
            writer.WriteNumber("run_s_min", times[0]);
            writer.WriteNumber("samples_per_s", batch / median);
            writer.WriteString("version", Provenance.Version);
        });
        return ExitCode.Done;
    }

    private static double[] Measure(Action run, CancellationToken cancellation)
    {
        for (int i = 0; i < WarmUp; i++)
            run();
        var times = new List<double>();
        var whole = Stopwatch.StartNew();
        while (times.Count < LeastRuns || (whole.Elapsed.TotalSeconds < Seconds && times.Count < MostRuns))
        {
            cancellation.ThrowIfCancellationRequested();
            long begin = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        times.Sort();
        return [.. times];
    }

    private static string Milliseconds(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:F3} ms");
}
