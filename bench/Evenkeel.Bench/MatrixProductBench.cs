using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Bench;

/// <summary>
/// Matrix products beside OpenBLAS in one process: rounds alternate, and the ratio is the median over the rounds. Start the
/// process with OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE unset, or OpenBLAS does not use what the machine has.
/// </summary>
internal static unsafe class MatrixProductBench
{
    private const int Rounds = 7;
    private const double RoundSeconds = 0.015;
    private const double WarmSeconds = 0.02;

    // OpenBLAS's threads spin for a while after a call (up to 2^28 ticks); ours would share a core with them.
    private const int QuietMilliseconds = 180;

    private static readonly (int M, int K, int N)[] _shapes =
    [
        (60, 784, 100),
        (60, 100, 100),
        (60, 100, 10),
        (512, 512, 512),
        (1024, 1024, 1024),
        (25088, 192, 64),
        (6272, 576, 128),
    ];

    private static readonly string[] _orientations = ["forward", "gradient to input", "gradient to weights"];

    /// <summary>Prints one table row per shape, orientation and number of threads.</summary>
    public static void Run(TextWriter output)
    {
        if (!OpenBlas.IsAvailable)
        {
            output.WriteLine("OpenBLAS is not installed (libopenblas.so.0): nothing to compare with.");
            return;
        }

        output.WriteLine($"OpenBLAS core type: {OpenBlas.Core}");
        output.WriteLine();
        output.WriteLine("| m x k x n | product | threads | Evenkeel us | OpenBLAS us | Evenkeel GF/s | speed ratio |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (int threads in new[] { 1, 2 })
        {
            OpenBlas.SetThreads(threads);
            using var pool = new WorkerPool(threads);
            foreach ((int m, int k, int n) in _shapes)
            {
                foreach (string orientation in _orientations)
                    output.WriteLine(Compare(pool, orientation, m, k, n));
            }
        }
    }

    private static string Compare(WorkerPool pool, string orientation, int m, int k, int n)
    {
        using var x = new Matrix(m, k);
        using var w = new Matrix(k, n);
        using var y = new Matrix(m, n);
        Action ours = orientation switch
        {
            "forward" => () => MatrixProduct.Forward(pool, m, k, n, x.Span, w.Span, y.Span),
            "gradient to input" => () => MatrixProduct.GradientToInput(pool, m, k, n, y.Span, w.Span, x.Span),
            _ => () => MatrixProduct.GradientToWeights(pool, m, k, n, x.Span, y.Span, w.Span),
        };
        Action theirs = orientation switch
        {
            "forward" => () => OpenBlas.Multiply(false, false, m, n, k, x.Data, w.Data, y.Data),
            "gradient to input" => () => OpenBlas.Multiply(false, true, m, k, n, y.Data, w.Data, x.Data),
            _ => () => OpenBlas.Multiply(true, false, k, n, m, x.Data, y.Data, w.Data),
        };
        (double our, double their, double ratio) = Alternate(ours, theirs);
        double speed = 2.0 * m * k * n / our / 1e9;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {m}x{k}x{n} | {orientation} | {pool.Threads} | {our * 1e6:F1} | {their * 1e6:F1} | {speed:F0} | {ratio:F2} |"
        );
    }

    private static (double Ours, double Theirs, double Ratio) Alternate(Action ours, Action theirs)
    {
        int ourRepeats = Repeats(ours);
        int theirRepeats = Repeats(theirs);
        double[] our = new double[Rounds];
        double[] their = new double[Rounds];
        double[] ratio = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            // Each side goes first in every other round, and each after a rest.
            if (round % 2 == 0)
                our[round] = Time(ours, ourRepeats);
            their[round] = Time(theirs, theirRepeats);
            if (round % 2 != 0)
                our[round] = Time(ours, ourRepeats);
            ratio[round] = their[round] / our[round];
        }

        return (Median.Of(our), Median.Of(their), Median.Of(ratio));
    }

    private static int Repeats(Action action)
    {
        for (int i = 0; i < 50; i++)
            action();
        return Math.Max(1, (int)(RoundSeconds / Time(action, 3)));
    }

    private static double Time(Action action, int repeats)
    {
        Thread.Sleep(QuietMilliseconds);
        // Both sides' threads are awake and their caches warm when the clock starts.
        long start = Stopwatch.GetTimestamp();
        do action();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < WarmSeconds);
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
            action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeats;
    }

    private sealed class Matrix : IDisposable
    {
        private readonly int _length;

        public Matrix(int rows, int columns)
        {
            _length = rows * columns;
            Data = (float*)NativeMemory.AlignedAlloc((nuint)_length * sizeof(float), 64);
            var random = new Random(1);
            foreach (ref float value in Span)
                value = random.NextSingle() - 0.5f;
        }

        public float* Data { get; }

        public Span<float> Span => new(Data, _length);

        public void Dispose() => NativeMemory.AlignedFree(Data);
    }
}
