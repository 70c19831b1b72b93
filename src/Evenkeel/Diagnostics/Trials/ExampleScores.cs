using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics.Trials;

/// <summary>Loss and success of every example of a data set, kept by its place, so that two ways of running are compared example by example.</summary>
internal sealed class ExampleScores(IDataset data)
{
    private const int BlockSize = 128;
    private readonly double[] _losses = new double[data.Count];
    private readonly int[] _right = new int[data.Count];
    private readonly int[] _near = new int[data.Count];

    /// <summary>Scores with the stored statistics, as in use; ranks share out the examples, and all get the scores of all.</summary>
    public static ExampleScores Stored(Model model, IDataset data, Device device, Communicator? ranks = null)
    {
        var scores = new ExampleScores(data);
        int[] all = [.. Enumerable.Range(0, data.Count)];
        scores.Add(model, ExampleBatches.Even(all, BlockSize), PlanMode.Inference, device, ranks);
        return scores;
    }

    /// <summary>Scores with the statistics of each batch, as in training; batches are drawn at random.</summary>
    public static ExampleScores OfBatches(Model training, IDataset data, Device device, int batchSize)
    {
        var scores = new ExampleScores(data);
        IReadOnlyList<int[]> batches = ExampleBatches.Even(ExampleBatches.Shuffled(data.Count), batchSize);
        scores.Add(training, batches, PlanMode.BatchStatistics, device, null);
        return scores;
    }

    /// <summary>Scores some of the examples with a model's stored statistics.</summary>
    public void Add(Model model, ReadOnlySpan<int> examples, Device device) =>
        Add(model, ExampleBatches.Even(examples, BlockSize), PlanMode.Inference, device, null);

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

    private void Add(Model model, IReadOnlyList<int[]> batches, PlanMode mode, Device device, Communicator? ranks)
    {
        int largest = batches.Max(b => b.Length);
        var options = new PlanOptions(mode, largest) { Loss = new SoftmaxCrossEntropy() };
        using var executor = new Executor(model, options, device);
        float[] inputs = GC.AllocateUninitializedArray<float>(largest * data.InputLength);
        int[] labels = new int[largest];
        var rounds = new RankRounds<Score>(ranks, largest, Ask, Note);
        rounds.Run(batches.Count);

        void Ask(int number, Span<Score> scores)
        {
            int[] batch = batches[number];
            Span<float> rows = inputs.AsSpan(0, batch.Length * data.InputLength);
            Span<int> classes = labels.AsSpan(0, batch.Length);
            data.Read(batch, rows, classes);
            executor.ForwardLoss(rows, classes);
            for (int i = 0; i < batch.Length; i++)
                scores[i] = Score.Of(executor.Losses[i], RowOf(executor.Output, i, batch.Length), classes.Slice(i, 1));
        }

        void Note(int number, Span<Score> scores)
        {
            int[] batch = batches[number];
            for (int i = 0; i < batch.Length; i++)
                (_losses[batch[i]], _right[batch[i]], _near[batch[i]]) = scores[i];
        }
    }

    private static ReadOnlySpan<float> RowOf(ReadOnlySpan<float> values, int row, int rows) =>
        values.Slice(row * (values.Length / rows), values.Length / rows);

    private readonly record struct Score(double Loss, int Right, int Near)
    {
        public static Score Of(double loss, ReadOnlySpan<float> outputs, ReadOnlySpan<int> label) =>
            new(loss, TopK.Count(outputs, label, 1), TopK.Count(outputs, label, 5));
    }
}
