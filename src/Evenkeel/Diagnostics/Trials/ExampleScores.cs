using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics.Trials;

/// <summary>Loss and success of every example of a data set, kept by its place, so that two ways of running are compared example by example.</summary>
/// <param name="data">Examples with labels, or with the float targets that the loss takes.</param>
/// <param name="loss">What they are judged by.</param>
internal sealed class ExampleScores(IDataset data, Loss loss)
{
    private const int BlockSize = 128;
    private readonly BlockScore[] _scores = new BlockScore[data.Count];

    /// <summary>Scores with the stored statistics, as in use; ranks share out the examples, and all get the scores of all.</summary>
    public static ExampleScores Stored(Model model, IDataset data, Loss loss, Device device, Communicator? ranks = null)
    {
        var scores = new ExampleScores(data, loss);
        int[] all = [.. Enumerable.Range(0, data.Count)];
        scores.Add(model, ExampleBatches.Even(all, BlockSize), PlanMode.Inference, device, ranks);
        return scores;
    }

    /// <summary>Scores with the statistics of each batch, as in training; batches are drawn at random.</summary>
    public static ExampleScores OfBatches(Model training, IDataset data, Loss loss, Device device, int batchSize)
    {
        var scores = new ExampleScores(data, loss);
        IReadOnlyList<int[]> batches = ExampleBatches.Even(ExampleBatches.Shuffled(data.Count), batchSize);
        scores.Add(training, batches, PlanMode.BatchStatistics, device, null);
        return scores;
    }

    /// <summary>Scores some of the examples with a model's stored statistics.</summary>
    public void Add(Model model, ReadOnlySpan<int> examples, Device device) =>
        Add(model, ExampleBatches.Even(examples, BlockSize), PlanMode.Inference, device, null);

    /// <summary>All of it in one.</summary>
    public Evaluation Summary() => _scores.Aggregate((sum, next) => sum.And(next)).Result();

    /// <summary>These beside those of the same examples before a change.</summary>
    public RemedyTrial Against(ExampleScores before, string what)
    {
        Evaluation after = Summary();
        // An example with more labels than others counts for more, as it does in the mean over all labels.
        double weights = _scores.Average(s => s.Weight),
            rows = _scores.Average(s => s.Rows);
        return new(
            what,
            before.Summary(),
            after,
            PairedDifference.Of(_scores.Zip(before._scores, (now, then) => (now.Loss - then.Loss) / weights)),
            double.IsNaN(after.Accuracy)
                ? new(double.NaN, double.NaN)
                : PairedDifference.Of(_scores.Zip(before._scores, (now, then) => (now.Right - then.Right) / rows)),
            Guess.LossOf(data, loss)
        );
    }

    private void Add(Model model, IReadOnlyList<int[]> batches, PlanMode mode, Device device, Communicator? ranks)
    {
        int largest = batches.Max(b => b.Length);
        using var executor = new Executor(model, new PlanOptions(mode, largest) { Loss = loss }, device);
        var examples = new ExampleBlocks(data, largest);
        Scoring scoring = BlockScore.Of(loss);
        var rounds = new RankRounds<BlockScore>(ranks, largest, Ask, Note);
        rounds.Run(batches.Count);

        void Ask(int number, Span<BlockScore> scores)
        {
            int count = batches[number].Length;
            examples.ReadTargets(batches[number], out ReadOnlySpan<float> inputs, out Targets targets);
            _ = targets.Values.IsEmpty
                ? executor.ForwardLoss(inputs, targets.Labels)
                : executor.ForwardLoss(inputs, targets.Values);
            for (int i = 0; i < count; i++)
                scores[i] = WithLoss(
                    scoring(RowOf(executor.Output, i, count), RowOf(targets, i, count), 1),
                    RowOf(executor.Losses, i, count)
                );
        }

        void Note(int number, Span<BlockScore> scores)
        {
            int[] batch = batches[number];
            for (int i = 0; i < batch.Length; i++)
                _scores[batch[i]] = scores[i];
        }
    }

    // The loss of an example, or those of its positions: 0 where one has no label.
    private static BlockScore WithLoss(BlockScore score, ReadOnlySpan<float> losses)
    {
        double sum = 0;
        foreach (float loss in losses)
            sum += loss;
        return score with { Loss = sum, Weight = losses.Length > 1 ? score.Rows : 1 };
    }

    private static ReadOnlySpan<float> RowOf(ReadOnlySpan<float> values, int row, int rows) =>
        values.Slice(row * (values.Length / rows), values.Length / rows);

    private static Targets RowOf(Targets values, int row, int rows) =>
        values.Slice(row * (values.Length / rows), values.Length / rows);
}
