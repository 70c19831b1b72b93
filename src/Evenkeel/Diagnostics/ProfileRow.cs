using System.Diagnostics;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics;

/// <summary>Where the time of a training step or of a prediction goes.</summary>
/// <param name="Kernel">Kernel of the plan's step, or <c>Host</c> for what is not one.</param>
/// <param name="Layer">Layer served.</param>
/// <param name="Microseconds">Mean time per training step or prediction.</param>
public sealed record ProfileRow(string Kernel, string Layer, double Microseconds)
{
    /// <summary>
    /// Multiplications and additions of the products of convolutions and linear layers, counted as plain sums; 0 for kernels that only go
    /// through their values.
    /// </summary>
    public double Operations { get; init; }

    /// <summary>Bytes of the values that the kernel reads and writes, each counted once.</summary>
    public double Bytes { get; init; }

    private const string All = "all";

    /// <summary>Profiles training steps on one batch of random inputs; the clock itself costs a fraction of a microsecond a row.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="batch">Examples per step.</param>
    /// <param name="steps">Steps to average over.</param>
    /// <param name="options">Optimiser and threads.</param>
    public static IReadOnlyList<ProfileRow> Measure(Graph graph, int batch, int steps, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        using Model model = Model.Create(graph, 1);
        using var trainer = new BatchTrainer(model, batch, options);
        (float[] inputs, int[] labels) = StepTiming.RandomBatch(graph, batch);
        StepWarmUp.Run(() => trainer.Step(inputs, labels));
        var clock = new StepClock(trainer.Plan.Steps.Length);
        trainer.Clock = clock;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
            trainer.Step(inputs, labels);
        double total = Stopwatch.GetElapsedTime(start).TotalSeconds;
        ProfileRow[] rows =
        [
            .. trainer.Plan.Steps.Select((step, i) => Of(trainer.Plan, step, batch, clock.Seconds(i) / steps)),
        ];
        return [.. rows, new ProfileRow("Host", All, (total * 1e6 / steps) - rows.Sum(r => r.Microseconds))];
    }

    /// <summary>Profiles predictions, after as many to warm up.</summary>
    /// <param name="predictor">What predicts.</param>
    /// <param name="inputs">[batch, ...shape of an example], a batch of the predictor's largest size at most.</param>
    /// <param name="runs">Predictions to average over, 1 or more.</param>
    public static IReadOnlyList<ProfileRow> Measure(Predictor predictor, ReadOnlySpan<float> inputs, int runs)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        ArgumentOutOfRangeException.ThrowIfLessThan(runs, 1);
        (ExecutionPlan plan, StepClock clock) = predictor.Time(inputs, runs, runs);
        int batch = inputs.Length / plan.Graph.Input.Shape.Count;
        return [.. plan.Steps.Select((step, i) => Of(plan, step, batch, clock.Seconds(i) / runs))];
    }

    /// <summary>Sums the rows of each kernel; <see cref="Layer"/> is then <c>all</c>.</summary>
    /// <param name="rows">Of one profile.</param>
    /// <returns>How many rows a kernel has, and their sum; the longest time first.</returns>
    public static IReadOnlyList<(int Count, ProfileRow Sum)> ByKernel(IReadOnlyList<ProfileRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return
        [
            .. rows.GroupBy(r => r.Kernel)
                .Select(kernel => (kernel.Count(), Sum: SumOf(kernel)))
                .OrderByDescending(kernel => kernel.Sum.Microseconds),
        ];
    }

    private static ProfileRow SumOf(IGrouping<string, ProfileRow> kernel) =>
        new(kernel.Key, All, kernel.Sum(r => r.Microseconds))
        {
            Operations = kernel.Sum(r => r.Operations),
            Bytes = kernel.Sum(r => r.Bytes),
        };

    private static ProfileRow Of(ExecutionPlan plan, Step step, int batch, double seconds) =>
        new(step.Kernel, step.Layer, seconds * 1e6)
        {
            Operations = step.Operations(batch),
            Bytes = step.Reads.Union(step.Writes).Sum(buffer => (double)plan[buffer].Bytes(batch)),
        };
}
