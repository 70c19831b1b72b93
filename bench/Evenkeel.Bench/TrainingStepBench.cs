using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Diagnostics;
using Evenkeel.Networks;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Bench;

/// <summary>
/// A training step of the MNIST network beside PyTorch's, each over 1 and 2 threads and each side's better one taken; rounds alternate.
/// </summary>
internal static class TrainingStepBench
{
    private const int Batch = 60;
    private const int Steps = 6_000;

    public static void Run(TextWriter output, int rounds, string peers)
    {
        output.WriteLine(
            "| network | optimiser | Evenkeel ms (threads) | PyTorch ms (threads) | speed ratio | of least times |"
        );
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (bool batchNorm in (bool[])[true, false])
        {
            foreach (OptimizerConfig optimizer in (OptimizerConfig[])[new Sgd(), new SgdMomentum()])
                output.WriteLine(Compare(batchNorm, optimizer, rounds, peers));
        }
    }

    private static string Compare(bool batchNorm, OptimizerConfig optimizer, int rounds, string peers)
    {
        var ours = new Dictionary<int, List<(double Median, double Least)>> { [1] = [], [2] = [] };
        var theirs = new Dictionary<int, List<(double Median, double Least)>> { [1] = [], [2] = [] };
        for (int round = 0; round < rounds; round++)
        {
            foreach (int threads in ours.Keys)
            {
                ours[threads].Add(Ours(batchNorm, optimizer, threads));
                theirs[threads].Add(Theirs(batchNorm, optimizer.Kind, threads, peers));
            }
        }

        (int ourThreads, double our, double ourLeast) = Better(ours);
        (int theirThreads, double their, double theirLeast) = Better(theirs);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| 784-100-100-100-10 {(batchNorm ? "with" : "without")} BN, batch {Batch} | {optimizer.Kind} | {our * 1e3:F3} ({ourThreads}) | {their * 1e3:F3} ({theirThreads}) | {their / our:F2} | {theirLeast / ourLeast:F2} |"
        );
    }

    private static (int Threads, double Median, double Least) Better(
        Dictionary<int, List<(double Median, double Least)>> rounds
    ) =>
        rounds
            .Select(r =>
                (
                    Threads: r.Key,
                    Median: r.Value.Select(t => t.Median).Order().ElementAt(r.Value.Count / 2),
                    Least: r.Value.Min(t => t.Least)
                )
            )
            .MinBy(r => r.Median);

    private static (double Median, double Least) Ours(bool batchNorm, OptimizerConfig optimizer, int threads)
    {
        var options = new TrainingOptions
        {
            Optimizer = optimizer,
            LearningRate = new ConstantRate(0.01),
            Threads = threads,
        };
        StepTiming timing = StepTiming.Measure(MnistNetwork.Create(batchNorm), Batch, Steps, options);
        return (timing.MedianSeconds, timing.MinSeconds);
    }

    private static (double Median, double Least) Theirs(bool batchNorm, string optimizer, int threads, string peers)
    {
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                Path.Combine(peers, "time_training.py"),
                "mnist",
                "--batch",
                Batch.ToString(CultureInfo.InvariantCulture),
                "--threads",
                threads.ToString(CultureInfo.InvariantCulture),
                "--optimizer",
                optimizer,
            },
        };
        if (!batchNorm)
            start.ArgumentList.Add("--no-bn");
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OPENBLAS_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        using Process process = Process.Start(start)!;
        string line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        using JsonDocument json = JsonDocument.Parse(line);
        return (
            json.RootElement.GetProperty("step_s_median").GetDouble(),
            json.RootElement.GetProperty("step_s_min").GetDouble()
        );
    }
}
