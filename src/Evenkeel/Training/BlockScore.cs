using Evenkeel.Execution;

namespace Evenkeel.Training;

/// <summary>Scores outputs of some examples.</summary>
internal delegate BlockScore Scoring(ReadOnlySpan<float> outputs, Targets targets, int examples);

/// <summary>Sums over the examples of some blocks, which ranks give each other.</summary>
/// <param name="Loss">Of losses times weights.</param>
/// <param name="Weight">Of weights.</param>
/// <param name="Count">Number of examples.</param>
/// <param name="Kind">What was scored.</param>
internal readonly record struct BlockScore(double Loss, double Weight, int Count, BlockScore.Scored Kind)
{
    /// <summary>What outputs were compared with.</summary>
    internal enum Scored
    {
        Nothing,
        Classes,
        Values,
        Labels,
    }

    /// <summary>Labels: one of each example, or those of its positions that have one.</summary>
    public long Rows { get; init; }

    /// <summary>Those whose class comes first.</summary>
    public long Right { get; init; }

    /// <summary>Those whose class is among the first five.</summary>
    public long Near { get; init; }

    /// <summary>Of outputs and float targets.</summary>
    public ErrorSums Errors { get; init; }

    /// <summary>Of outputs and yes or no.</summary>
    public LabelCounts Labels { get; init; }

    /// <summary>What fits a loss.</summary>
    public static Scoring Of(Loss loss) =>
        loss switch
        {
            SoftmaxCrossEntropy => Classes,
            CustomLoss { Classes: not null } own => (outputs, targets, count) =>
                outputs.Length == targets.Length * own.Classes
                    ? Classes(outputs, targets, count)
                    : new(0, 0, count, Scored.Nothing),
            BinaryCrossEntropy => (outputs, targets, count) =>
                new(0, 0, count, Scored.Labels) { Labels = LabelCounts.Of(outputs, targets.Values, count) },
            _ => (outputs, targets, count) =>
                outputs.Length == targets.Length
                    ? new(0, 0, count, Scored.Values) { Errors = ErrorSums.Of(outputs, targets.Values) }
                    : new(0, 0, count, Scored.Nothing),
        };

    private static BlockScore Classes(ReadOnlySpan<float> outputs, Targets targets, int examples) =>
        new(0, 0, examples, Scored.Classes)
        {
            Rows = targets.Labels.Length - targets.Labels.Count(BatchTrainer.NoLabel),
            Right = TopK.Count(outputs, targets.Labels, 1),
            Near = TopK.Count(outputs, targets.Labels, 5),
        };

    public BlockScore And(BlockScore next) =>
        new(Loss + next.Loss, Weight + next.Weight, Count + next.Count, next.Kind)
        {
            Rows = Rows + next.Rows,
            Right = Right + next.Right,
            Near = Near + next.Near,
            Errors = Errors.And(next.Errors),
            Labels = Labels.And(next.Labels),
        };

    public Evaluation Result()
    {
        bool classes = Kind == Scored.Classes;
        return new Evaluation(Loss / Weight, classes ? (double)Right / Rows : double.NaN, Count)
        {
            TopFive = classes ? (double)Near / Rows : double.NaN,
            Errors = Kind == Scored.Values ? Errors.Result() : null,
            Labels = Kind == Scored.Labels ? Labels.Result(Count) : null,
        };
    }
}

/// <summary>Sums of errors, and count, mean and squared distances of the targets, merged by Chan's rule.</summary>
internal readonly record struct ErrorSums(double Absolute, double Squared, long Values, double Mean, double M2)
{
    public static ErrorSums Of(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        double absolute = 0,
            squared = 0,
            sum = 0,
            m2 = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            double error = (double)outputs[i] - targets[i];
            absolute += Math.Abs(error);
            squared += error * error;
            sum += targets[i];
        }

        double mean = sum / Math.Max(1, targets.Length);
        foreach (float target in targets)
            m2 += (target - mean) * (target - mean);
        return new ErrorSums(absolute, squared, targets.Length, mean, m2);
    }

    public ErrorSums And(ErrorSums next)
    {
        long values = Values + next.Values;
        double share = values > 0 ? (double)next.Values / values : 0,
            gap = next.Mean - Mean;
        return new ErrorSums(
            Absolute + next.Absolute,
            Squared + next.Squared,
            values,
            Mean + (gap * share),
            M2 + next.M2 + (gap * gap * share * Values)
        );
    }

    public TargetErrors Result() =>
        new(Absolute / Values, Math.Sqrt(Squared / Values), M2 > 0 ? 1 - (Squared / M2) : double.NaN);
}

/// <summary>Counts of labels: those that are right, examples that are right in all of them, and those that are there, were given, or both.</summary>
internal readonly record struct LabelCounts(long Values, long Right, int Whole, long There, long Given, long Both)
{
    /// <summary>Of logits, where above 0 means yes.</summary>
    public static LabelCounts Of(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int examples)
    {
        var counts = default(LabelCounts);
        int length = targets.Length / Math.Max(1, examples);
        for (int i = 0; i < examples; i++)
            counts = counts.And(Of(outputs.Slice(i * length, length), targets.Slice(i * length, length)));
        return counts;
    }

    public LabelCounts And(LabelCounts next) =>
        new(
            Values + next.Values,
            Right + next.Right,
            Whole + next.Whole,
            There + next.There,
            Given + next.Given,
            Both + next.Both
        );

    public LabelScores Result(int examples) =>
        new((double)Right / Values, (double)Whole / examples, 2.0 * Both / (There + Given));

    private static LabelCounts Of(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets)
    {
        int right = 0,
            there = 0,
            given = 0,
            both = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            (int is1, int says) = (targets[i] > 0.5f ? 1 : 0, outputs[i] > 0 ? 1 : 0);
            right += is1 == says ? 1 : 0;
            there += is1;
            given += says;
            both += is1 & says;
        }

        return new LabelCounts(targets.Length, right, right == targets.Length ? 1 : 0, there, given, both);
    }
}
