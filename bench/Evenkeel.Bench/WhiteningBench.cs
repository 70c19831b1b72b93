using System.Diagnostics;
using System.Globalization;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Bench;

/// <summary>Layers that whiten, beside batch normalisation of the same rows: the time of all steps of the layer in a training step.</summary>
internal static class WhiteningBench
{
    private const string Name = "norm";
    private const double SecondsPerCase = 0.3;
    private const int LeastRuns = 3;

    public static void Run(TextWriter output, int threads)
    {
        output.WriteLine(
            $"{threads} thread(s), ms; ratio to batch normalisation; groups of 16 channels, of 64, and of all"
        );
        output.WriteLine();
        output.WriteLine("| rows | channels | layer | forward | ratio | forward and backward | ratio |");
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (int rows in (int[])[1024, 8192])
        {
            foreach (int channels in (int[])[16, 32, 64, 128, 256, 512, 1024])
                Compare(output, threads, rows, channels);
        }
    }

    private static void Compare(TextWriter output, int threads, int rows, int channels)
    {
        (double forward, double both) = Measure(threads, rows, channels, new BatchNorm(BatchNormConvention.Default));
        Write("batchnorm", forward, both);
        foreach (int size in ((int[])[16, 64, channels]).Where(s => s <= channels).Distinct())
        {
            foreach (
                Layer layer in (Layer[])
                    [
                        new DecorrelatedBatchNorm(size, BatchNormConvention.Default),
                        new IterNorm(IterNorm.DefaultIterations, size, BatchNormConvention.Default),
                    ]
            )
            {
                (double own, double ownBoth) = Measure(threads, rows, channels, layer);
                Write($"{layer.Kind} of {size}", own, ownBoth);
            }
        }

        void Write(string layer, double one, double two) =>
            output.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {rows} | {channels} | {layer} | {1e3 * one:F3} | {one / forward:F1} | {1e3 * two:F3} | {two / both:F1} |"
                )
            );
    }

    // Medians of the seconds of all steps of the layer.
    private static (double Forward, double Both) Measure(int threads, int rows, int channels, Layer layer)
    {
        // What is before it learns, so that the gradient of the input is asked for.
        Graph graph = Network.Input(channels).Add(new ChannelAffine()).Add(layer, Name).Linear(2).Build();
        using Model model = Model.Create(graph, 1);
        using var device = Device.Cpu(threads);
        var options = new PlanOptions(PlanMode.Training, rows) { Loss = new SoftmaxCrossEntropy() };
        ExecutionPlan plan = ExecutionPlan.Build(graph, options);
        using var executor = new Executor(plan, model, device);
        float[] inputs = new RandomFloats((long)rows * channels).Span.ToArray();
        int[] labels = new int[rows];
        executor.ForwardBackward(inputs, labels);
        List<double> forwards = [],
            boths = [];
        long start = Stopwatch.GetTimestamp();
        while (forwards.Count < LeastRuns || Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsPerCase)
        {
            var clock = new StepClock(plan.Steps.Length);
            executor.Clock = clock;
            executor.ForwardBackward(inputs, labels);
            int[] own = [.. Enumerable.Range(0, plan.Steps.Length).Where(i => plan.Steps[i].Layer == Name)];
            forwards.Add(own.Where(i => i < plan.ForwardSteps).Sum(clock.Seconds));
            boths.Add(own.Sum(clock.Seconds));
        }

        return (Median.Of(forwards), Median.Of(boths));
    }
}
