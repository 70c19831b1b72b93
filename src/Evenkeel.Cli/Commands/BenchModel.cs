using System.Diagnostics;
using System.Globalization;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Cli.Commands;

/// <summary>The half of <c>evenkeel bench</c> that times a trained model's inference.</summary>
internal static class BenchModel
{
    private const int WarmUp = 3;
    private const int MinRuns = 5;
    private const int ProfiledRuns = 50;
    private const long MaxRuns = 1_000_000;
    private const double Seconds = 3;

    /// <summary>
    /// Times runs over batches of one size, as many as are asked for or three seconds of them, five at least: by one caller (how long does an answer
    /// take), or by several at once over one set of weights (how many answers come in a second).
    /// </summary>
    public static int Run(
        CommandContext context,
        LoadedModel loaded,
        string path,
        int batch,
        int threads,
        int callers,
        long? runs
    )
    {
        using var predictor = new Predictor(loaded.Model, batch, threads);
        double[][] each = Together(callers, () => Measure(predictor, batch, runs, context.Cancellation));
        double[] times = [.. each.SelectMany(t => t).Order()];
        double perSecond = each.Sum(t => batch * t.Length / t.Sum()),
            median = times[times.Length / 2];
        context.WriteTable(
            new TextTable("figure", "value")
                .Row("model", path)
                .Row("callers", $"{callers}")
                .Row("batch, threads of each caller, vectors", $"{batch}, {threads}, {VectorWidth.Words}")
                .Row("run, median", Milliseconds(median))
                .Row("run, least", Milliseconds(times[0]))
                .Row("samples per second", perSecond.ToString("N0", CultureInfo.InvariantCulture))
        );
        context.WriteJson(writer =>
        {
            writer.WriteString("model", path);
            writer.WriteNumber("callers", callers);
            writer.WriteNumber("batch", batch);
            writer.WriteNumber("threads", threads);
            writer.WriteString("vectors", VectorWidth.Words);
            writer.WriteNumber("runs", times.Length);
            writer.WriteNumber("run_s_median", median);
            writer.WriteNumber("run_s_min", times[0]);
            writer.WriteNumber("samples_per_s", perSecond);
            writer.WriteString("version", Provenance.Version);
        });
        return ExitCode.Done;
    }

    /// <summary>Shows where the time of a run goes.</summary>
    public static int RunProfile(CommandContext context, LoadedModel loaded, int batch, int threads)
    {
        using var predictor = new Predictor(loaded.Model, batch, threads);
        BenchProfile.Show(context, ProfileRow.Measure(predictor, Inputs(predictor, batch), ProfiledRuns));
        return ExitCode.Done;
    }

    private static double[][] Together(int callers, Func<double[]> measure)
    {
        Task<double[]>[] tasks =
        [
            .. Enumerable
                .Range(0, callers)
                .Select(_ => Task.Factory.StartNew(measure, TaskCreationOptions.LongRunning)),
        ];
        return Task.WhenAll(tasks).GetAwaiter().GetResult();
    }

    private static double[] Measure(Predictor predictor, int batch, long? runs, CancellationToken cancellation)
    {
        float[] inputs = Inputs(predictor, batch);
        float[] outputs = new float[batch * predictor.OutputShape.Count];
        for (int i = 0; i < WarmUp; i++)
            predictor.Predict(inputs, outputs);
        var times = new List<double>();
        var whole = Stopwatch.StartNew();
        long least = runs ?? MinRuns,
            most = runs ?? MaxRuns;
        while (times.Count < least || (whole.Elapsed.TotalSeconds < Seconds && times.Count < most))
        {
            cancellation.ThrowIfCancellationRequested();
            long begin = Stopwatch.GetTimestamp();
            predictor.Predict(inputs, outputs);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return [.. times];
    }

    private static float[] Inputs(Predictor predictor, int batch)
    {
        float[] inputs = new float[checked(batch * predictor.InputShape.Count)];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = MathF.Sin(i);
        return inputs;
    }

    private static string Milliseconds(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:F3} ms");
}
