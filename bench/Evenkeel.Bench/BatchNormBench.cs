using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Bench;

/// <summary>
/// Batch normalisation with fused ReLU beside oneDNN's NHWC primitive, both in the same minutes: rounds alternate shape by
/// shape, and each number is the median over rounds of medians over runs; beside it the ratio of the fastest runs, for busy machines.
/// </summary>
public static class BatchNormBench
{
    private static readonly (int Batch, int Channels, int Side)[] Shapes =
    [
        (32, 64, 56),
        (32, 192, 28),
        (32, 256, 14),
        (32, 576, 14),
        (32, 1024, 7),
        (60, 100, 1),
    ];

    /// <summary>Prints a markdown table of times and ratios.</summary>
    /// <param name="output">Where the table goes.</param>
    /// <param name="threads">Threads for both sides.</param>
    /// <param name="rounds">Alternations; odd, for a plain median.</param>
    /// <param name="peer">Path of the compiled bench/peers/onednn_bn.cpp; null compiles it with g++.</param>
    public static void Run(TextWriter output, int threads, int rounds, string? peer)
    {
        using var folder = new TemporaryFolder();
        using Process oneDnn = Start(peer ?? Compile(folder.Path), threads);
        using var pool = new WorkerPool(threads);
        var results = Shapes.Select(_ => new List<Round>()).ToArray();
        using var buffers = new Buffers(Shapes.Max(s => s.Batch * s.Side * s.Side * s.Channels));
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < Shapes.Length; i++)
            {
                (Timing Forward, Timing Backward) theirs = Ask(oneDnn, Shapes[i]);
                (Timing Forward, Timing Backward) ours = Time(pool, Shapes[i], buffers);
                results[i].Add(new Round(ours, theirs));
            }
        }

        oneDnn.StandardInput.Close();
        oneDnn.WaitForExit();
        Print(output, threads, results);
    }

    private static void Print(TextWriter output, int threads, List<Round>[] results)
    {
        output.WriteLine($"BatchNorm + ReLU, {threads} thread(s), ms; ratio = Evenkeel / oneDNN, below 1 is faster");
        output.WriteLine();
        output.WriteLine(
            "| rows x channels | forward | oneDNN | ratio | of best runs | backward | oneDNN | ratio | of best runs |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|---|---|");
        for (int i = 0; i < Shapes.Length; i++)
        {
            (int batch, int channels, int side) = Shapes[i];
            string forward = Columns(results[i], r => r.Ours.Forward, r => r.Theirs.Forward);
            string backward = Columns(results[i], r => r.Ours.Backward, r => r.Theirs.Backward);
            output.WriteLine($"| {batch * side * side} x {channels} | {forward} | {backward} |");
        }

        output.WriteLine();
    }

    private static string Columns(List<Round> rounds, Func<Round, Timing> ours, Func<Round, Timing> theirs)
    {
        double ratio = Median.Of(rounds.Select(r => ours(r).Median / theirs(r).Median));
        double best = rounds.Min(r => ours(r).Best) / rounds.Min(r => theirs(r).Best);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Median.Of(rounds.Select(r => ours(r).Median)):F4} | {Median.Of(rounds.Select(r => theirs(r).Median)):F4} | {ratio:F2} | {best:F2}"
        );
    }

    private static (Timing Forward, Timing Backward) Time(
        WorkerPool pool,
        (int Batch, int Channels, int Side) shape,
        Buffers b
    )
    {
        int c = shape.Channels;
        int rows = shape.Batch * shape.Side * shape.Side;
        int n = rows * c;
        float[] gamma = [.. Enumerable.Range(0, c).Select(i => 0.5f + ((float)i / c))];
        float[] beta = [.. Enumerable.Range(0, c).Select(i => 0.5f - ((float)i / c))];
        float[] dgamma = new float[c];
        float[] dbeta = new float[c];
        double[] moments = new double[ChannelMoments.Length(c)];
        double[] sums = new double[2 * c];
        float[] coefficients = new float[NormCoefficients.Length(c)];
        float[] gradients = new float[GradientCoefficients.Length(c)];
        var size = new NormShape(rows, c);
        Timing forward = Measure(() =>
        {
            var of = new NormCoefficients(coefficients);
            Moments.Run(pool, rows, c, b.X(n), new ChannelMoments(moments));
            of.Set(new NormParameters(gamma, beta, 1e-5f), new ChannelMoments(moments));
            Normalize.Run(pool, default(Relu), size, b.X(n), of, b.Y(n));
        });
        Timing backward = Measure(() =>
        {
            var of = new NormCoefficients(coefficients);
            var gradient = new GradientCoefficients(gradients);
            var inputs = new NormBackwardInputs(b.X(n), [], b.Dy(n));
            GradientSums.Run(pool, default(Relu), size, inputs, of, sums);
            gradient.Set(sums, new ChannelMoments(moments), 1e-5f, dgamma, dbeta);
            InputGradient.Run(pool, default(Relu), size, inputs, of, gradient, b.Dx(n));
        });
        return (forward, backward);
    }

    // The same counts as the peer's, after time enough for the JIT to have compiled for good.
    private static Timing Measure(Action body)
    {
        const int LeastRuns = 15;
        const int MostRuns = 400;
        long warmUp = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warmUp).TotalSeconds < 0.4)
            body();
        var times = new List<double>();
        long start = Stopwatch.GetTimestamp();
        while (
            times.Count < LeastRuns || (Stopwatch.GetElapsedTime(start).TotalSeconds < 0.25 && times.Count < MostRuns)
        )
        {
            long before = Stopwatch.GetTimestamp();
            body();
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }

        return new Timing(Median.Of(times), times.Min());
    }

    private static (Timing Forward, Timing Backward) Ask(Process peer, (int Batch, int Channels, int Side) shape)
    {
        peer.StandardInput.WriteLine($"{shape.Batch} {shape.Channels} {shape.Side} {shape.Side}");
        peer.StandardInput.Flush();
        string line =
            peer.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("onednn_bn ended without an answer; run it by hand to see why.");
        using JsonDocument answer = JsonDocument.Parse(line);
        JsonElement root = answer.RootElement;
        return (TimingOf(root, "forward"), TimingOf(root, "backward"));
    }

    private static Timing TimingOf(JsonElement root, string pass) =>
        new(root.GetProperty($"{pass}_ms").GetDouble(), root.GetProperty($"{pass}_best_ms").GetDouble());

    private static Process Start(string path, int threads)
    {
        var info = new ProcessStartInfo(path) { RedirectStandardInput = true, RedirectStandardOutput = true };
        info.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        return Process.Start(info)!;
    }

    private static string Compile(string folder)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "peers", "onednn_bn.cpp");
        for (
            string? up = AppContext.BaseDirectory;
            up is not null && !File.Exists(source);
            up = Path.GetDirectoryName(up)
        )
            source = Path.Combine(up, "bench", "peers", "onednn_bn.cpp");
        string program = Path.Combine(folder, "onednn_bn");
        using Process compiler = Process.Start("g++", ["-O2", "-std=c++17", source, "-ldnnl", "-o", program]);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
            throw new InvalidOperationException($"g++ cannot build {source}: install g++ and libdnnl-dev.");
        return program;
    }

    // The median and the smallest of the runs of one round, in ms.
    private readonly record struct Timing(double Median, double Best);

    private readonly record struct Round(
        (Timing Forward, Timing Backward) Ours,
        (Timing Forward, Timing Backward) Theirs
    );

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("evenkeel-bench").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    // Four matrices in memory of their own, aligned to cache lines as the engine's are.
    private sealed unsafe class Buffers : IDisposable
    {
        private readonly float*[] _blocks = new float*[4];

        public Buffers(int length)
        {
            var random = new Random(1);
            for (int i = 0; i < _blocks.Length; i++)
            {
                _blocks[i] = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
                for (int j = 0; j < length; j++)
                    _blocks[i][j] = (random.NextSingle() * 4) - 1.7f;
            }
        }

        public Span<float> X(int n) => new(_blocks[0], n);

        public Span<float> Y(int n) => new(_blocks[1], n);

        public Span<float> Dy(int n) => new(_blocks[2], n);

        public Span<float> Dx(int n) => new(_blocks[3], n);

        public void Dispose()
        {
            foreach (float* block in _blocks)
                NativeMemory.AlignedFree(block);
        }
    }
}
