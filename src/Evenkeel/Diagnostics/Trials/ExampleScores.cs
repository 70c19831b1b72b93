using Evenkeel.Data;
using Evenkeel.Execution;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics.Trials;

/// <summary>Loss and success of every example of a data set, kept by its place, so that two ways of running are compared example by example.</summary>
internal sealed class ExampleScores(IDataset data)
{
    private const int BlockSize = 128;
    private readonly double[] _losses = new double[data.Count];
    private readonly int[] _right = new int[data.Count];
    private readonly int[] _near = new int[data.Count];

    /// <summary>Scores with the stored statistics, as in use.</summary>
    public static ExampleScores Stored(Model model, IDataset data, Device device)
    {
        var scores = new ExampleScores(data);
        scores.Add(model, [.. Enumerable.Range(0, data.Count)], device);
        return scores;
    }

    /// <summary>Scores with the statistics of each batch, as in training; batches are drawn at random.</summary>
    public static ExampleScores OfBatches(Model training, IDataset data, Device device, int batchSize)
    {
        var scores = new ExampleScores(data);
        IReadOnlyList<int[]> batches = ExampleBatches.Even(ExampleBatches.Shuffled(data.Count), batchSize);
        scores.Add(training, batches, PlanMode.BatchStatistics, device);
        return scores;
    }

    /// <summary>Scores some of the examples with a model's stored statistics.</summary>
    public void Add(Model model, ReadOnlySpan<int> examples, Device device) =>
        Add(model, ExampleBatches.Even(examples, BlockSize), PlanMode.Inference, device);

    /// <summary>All of it in one.</summary>
    public Evaluation Summary() =>
        new(_losses.Average(), _right.Average(), _losses.Length) { TopFive = _near.Average() };

    /// <summary>These beside those of the same examples before a change.</summary>
    public RemedyTrial Against(ExampleScores before, string what) =>
        new(
            what,
            before.Summary(),
            Summary(),
            PairedDifference.Of(_losses.Zip(before._losses, (after, then) => after - then)),
            PairedDifference.Of(_right.Zip(before._right, (after, then) => (double)(after - then))),
            Math.Log(data.Classes)
        );

    private void Add(Model model, IReadOnlyList<int[]> batches, PlanMode mode, Device device)
    {
        int largest = batches.Max(b => b.Length);
        var options = new PlanOptions(mode, largest) { Loss = new SoftmaxCrossEntropy() };
        using var executor = new Executor(model, options, device);
        float[] inputs = GC.AllocateUninitializedArray<float>(largest * data.InputLength);
        int[] labels = new int[largest];
        foreach (int[] batch in batches)
        {
            Span<float> rows = inputs.AsSpan(0, batch.Length * data.InputLength);
            Span<int> classes = labels.AsSpan(0, batch.Length);
            data.Read(batch, rows, classes);
            executor.ForwardLoss(rows, classes);
            for (int i = 0; i < batch.Length; i++)
                Score(batch[i], executor.Losses[i], RowOf(executor.Output, i, batch.Length), classes.Slice(i, 1));
        }
    }

    private void Score(int example, float loss, ReadOnlySpan<float> scores, ReadOnlySpan<int> label)
    {
        _losses[example] = loss;
        _right[example] = TopK.Count(scores, label, 1);
        _near[example] = TopK.Count(scores, label, 5);
    }

    private static ReadOnlySpan<float> RowOf(ReadOnlySpan<float> values, int row, int rows) =>
        values.Slice(row * (values.Length / rows), values.Length / rows);
}
