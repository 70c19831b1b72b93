using System.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics;

/// <summary>What a training step costs on this machine.</summary>
/// <param name="MedianSeconds">Median over blocks of the mean seconds of a step.</param>
/// <param name="MinSeconds">The fastest block.</param>
/// <param name="AllocatedBytesPerStep">Managed bytes allocated per step, by all threads.</param>
/// <param name="Steps">Steps timed.</param>
public readonly record struct StepTiming(
    double MedianSeconds,
    double MinSeconds,
    double AllocatedBytesPerStep,
    long Steps
)
{
    private const int Blocks = 20;

    /// <summary>
    /// Times training steps on one batch of random inputs, after a warm-up of 1 to 8 seconds in which the runtime compiles the kernels
    /// to their last tier.
    /// </summary>
    /// <param name="graph">The network.</param>
    /// <param name="batch">Examples per step.</param>
    /// <param name="steps">Steps to time, in up to 20 blocks.</param>
    /// <param name="options">Optimiser and threads.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static StepTiming Measure(
        Graph graph,
        int batch,
        long steps,
        TrainingOptions options,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(graph);
        using Model model = Model.Create(graph, 1);
        using var trainer = new BatchTrainer(model, batch, options);
        (float[] inputs, int[] labels) = RandomBatch(graph, batch);
        StepWarmUp.Run(() => trainer.Step(inputs, labels));
        long perBlock = Math.Max(1, steps / Blocks);
        double[] seconds = new double[Math.Max(1, steps / perBlock)];
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < seconds.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            for (long step = 0; step < perBlock; step++)
                trainer.Step(inputs, labels);
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds / perBlock;
        }

        long timed = perBlock * seconds.Length;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Array.Sort(seconds);
        return new StepTiming(seconds[seconds.Length / 2], seconds[0], (double)allocated / timed, timed);
    }

    internal static (float[] Inputs, int[] Labels) RandomBatch(Graph graph, int batch)
    {
        var random = new RandomStream(1);
        float[] inputs = new float[batch * graph.Input.Shape.Count];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = (float)random.NextDouble();
        int[] labels = new int[batch * graph.OutputShape.Positions];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = (int)(random.NextDouble() * graph.OutputShape.Channels);
        return (inputs, labels);
    }
}
