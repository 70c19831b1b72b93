using System.Diagnostics;
using System.Globalization;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Bench;

/// <summary>
/// Convolutions beside PyTorch in the same minutes: rounds alternate shape by shape, and a ratio is the median over rounds of the
/// ratio of medians over runs. Above 1 Evenkeel is faster.
/// </summary>
internal static class ConvolutionBench
{
    private const double Seconds = 0.06;
    private static readonly string[] Passes = ["forward", "input", "weights"];

    /// <summary>Prints a row per shape and the mean ratio per class of shapes.</summary>
    /// <param name="output">Where the tables go.</param>
    /// <param name="threads">Threads for both sides.</param>
    /// <param name="rounds">Alternations.</param>
    /// <param name="filter">Part of the names of the shapes to run; empty for all.</param>
    /// <param name="peers">The folder bench/peers.</param>
    public static void Run(TextWriter output, int threads, int rounds, string filter, string peers)
    {
        ConvolutionBenchShape[] shapes =
        [
            .. ConvolutionBenchShape.All.Where(s => s.ToString().Contains(filter, StringComparison.Ordinal)),
        ];
        using var peer = new ConvolutionPeer(peers, threads, Seconds);
        using var pool = new WorkerPool(threads);
        var results = shapes.Select(_ => new List<Round>()).ToArray();
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < shapes.Length; i++)
            {
                Dictionary<string, (double Median, double Best)> theirs = peer.Ask(shapes[i]);
                results[i].Add(new Round(Time(pool, shapes[i]), theirs));
            }
        }

        PrintShapes(output, threads, shapes, results);
        PrintClasses(output, shapes, results);
    }

    private static void PrintShapes(
        TextWriter output,
        int threads,
        ConvolutionBenchShape[] shapes,
        List<Round>[] results
    )
    {
        output.WriteLine($"{threads} thread(s); ms | PyTorch ms | GF/s | speed ratio | ratio of best runs\n");
        output.WriteLine("| convolution | forward | | | | | input | | | | | weights | | | | |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (int i = 0; i < shapes.Length; i++)
        {
            IEnumerable<string> columns = Passes.Select(pass => Columns(results[i], pass, shapes[i].Operations));
            output.WriteLine($"| {shapes[i]} | {string.Join(" | ", columns)} |");
        }

        output.WriteLine();
    }

    private static string Columns(List<Round> rounds, string pass, double operations)
    {
        double ours = Median.Of(rounds.Select(r => r.Ours[pass].Median));
        double theirs = Median.Of(rounds.Select(r => r.Theirs[pass].Median));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{ours:F3} | {theirs:F3} | {operations / ours / 1e6:F0} | {Ratio(rounds, pass):F2} | {BestRatio(rounds, pass):F2}"
        );
    }

    private static void PrintClasses(TextWriter output, ConvolutionBenchShape[] shapes, List<Round>[] results)
    {
        output.WriteLine("| class | forward | input | weights | of best runs: forward | input | weights |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        var classes = shapes.Zip(results).GroupBy(p => p.First.Class).Select(g => (g.Key, g.ToArray()));
        foreach ((string name, (ConvolutionBenchShape, List<Round> Rounds)[] members) in classes)
        {
            IEnumerable<double> ratios = Passes.Select(pass => Mean(members.Select(m => Ratio(m.Rounds, pass))));
            IEnumerable<double> best = Passes.Select(pass => Mean(members.Select(m => BestRatio(m.Rounds, pass))));
            IEnumerable<string> texts = ratios.Concat(best).Select(r => r.ToString("F2", CultureInfo.InvariantCulture));
            output.WriteLine($"| {name} | {string.Join(" | ", texts)} |");
        }

        output.WriteLine();
    }

    private static double Ratio(List<Round> rounds, string pass) =>
        Median.Of(rounds.Select(r => r.Theirs[pass].Median / r.Ours[pass].Median));

    private static double BestRatio(List<Round> rounds, string pass) =>
        rounds.Min(r => r.Theirs[pass].Best) / rounds.Min(r => r.Ours[pass].Best);

    private static double Mean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));

    private static Dictionary<string, (double Median, double Best)> Time(WorkerPool pool, ConvolutionBenchShape s)
    {
        var shape = new ConvolutionShape
        {
            Height = s.Side,
            Width = s.Side,
            InputChannels = s.Inputs,
            OutputChannels = s.Outputs,
            KernelHeight = s.Kernel,
            KernelWidth = s.Kernel,
            StrideY = s.Stride,
            StrideX = s.Stride,
            PadTop = s.Kernel / 2,
            PadLeft = s.Kernel / 2,
            OutputHeight = s.OutputSide,
            OutputWidth = s.OutputSide,
        };
        var x = new RandomFloats(s.Batch * shape.InputImage);
        var w = new RandomFloats(shape.Weights);
        var y = new RandomFloats((long)s.Batch * shape.Positions * s.Outputs);
        var result = new RandomFloats(Math.Max(x.Span.Length, Math.Max(w.Span.Length, y.Span.Length)));
        return new()
        {
            ["forward"] = Measure(() =>
                Convolution.Forward(pool, shape, s.Batch, x.Span, w.Span, result.Span[..y.Span.Length])
            ),
            ["input"] = Measure(() =>
                Convolution.GradientToInput(pool, shape, s.Batch, y.Span, w.Span, result.Span[..x.Span.Length])
            ),
            ["weights"] = Measure(() =>
                Convolution.GradientToWeights(pool, shape, s.Batch, x.Span, y.Span, result.Span[..w.Span.Length])
            ),
        };
    }

    // The same counts as the peer's.
    private static (double Median, double Best) Measure(Action body)
    {
        const int LeastRuns = 5;
        const int MostRuns = 400;
        for (int i = 0; i < 3; i++)
            body();
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        while (
            times.Count < LeastRuns
            || (Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds && times.Count < MostRuns)
        )
        {
            long before = Stopwatch.GetTimestamp();
            body();
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        return (Median.Of(times), times.Min());
    }

    // Milliseconds of each pass.
    private readonly record struct Round(
        Dictionary<string, (double Median, double Best)> Ours,
        Dictionary<string, (double Median, double Best)> Theirs
    );
}
