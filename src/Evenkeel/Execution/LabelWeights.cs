using System.Collections.Immutable;
using Evenkeel.Kernels.Loss;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// The mean weight of the labels of a batch; a position without a label weighs 0. Labels are counted by class, and counts of ranks are whole
/// numbers, so the mean is the same on any number of them.
/// </summary>
internal sealed class LabelWeights
{
    // Of classes, or one for any class; behind them that of no label.
    private readonly ImmutableArray<double> _weights;
    private readonly bool _alike;
    private readonly bool _gaps;
    private readonly Communicator? _ranks;
    private readonly int[] _counts;
    private readonly int[] _all;

    /// <summary>For the labels that a plan's loss takes; nothing is counted where all are there and weigh the same.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="ranks">Those that share out a batch; null where there is one.</param>
    public LabelWeights(ExecutionPlan plan, Communicator? ranks)
    {
        ImmutableArray<double> weights = plan.Options.Loss?.WeightOfClass ?? [];
        (_alike, _ranks) = (weights.IsEmpty, ranks);
        _gaps = plan.Options.Loss?.LossesPerExample(plan.Graph.OutputShape) > 1;
        _weights = _alike ? [1, 0] : [.. weights, 0];
        _counts = new int[_weights.Length];
        _all = new int[_weights.Length * (ranks?.Size ?? 1)];
    }

    /// <summary>The mean over the positions of a batch; 1 where there are no weights, or no labels.</summary>
    /// <param name="labels">This rank's; what is no class is left for those who use it to refuse.</param>
    /// <exception cref="ArgumentException">An example of one label has none.</exception>
    public double MeanOf(ReadOnlySpan<int> labels)
    {
        if (!_gaps && labels.IndexOf(CrossEntropy.NoLabel) is >= 0 and int row)
            throw new ArgumentException(
                $"Example {row} has no label ({CrossEntropy.NoLabel}); leave it out. Only some of several positions may have none."
            );
        if (_alike && !_gaps)
            return 1;
        Count(labels);
        double sum = 0;
        long count = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            long ofClass = 0;
            for (int at = i; at < _all.Length; at += _counts.Length)
                ofClass += _all[at];
            sum += ofClass * (double)(float)_weights[i];
            count += ofClass;
        }

        return count > 0 ? sum / count : 1;
    }

    private void Count(ReadOnlySpan<int> labels)
    {
        Array.Clear(_counts);
        foreach (int label in labels)
        {
            int place =
                label == CrossEntropy.NoLabel ? _counts.Length - 1
                : _alike ? 0
                : label;
            if ((uint)place < (uint)_counts.Length)
                _counts[place]++;
        }

        if (_ranks is { Size: > 1 } ranks)
            ranks.AllGather(_counts, _all);
        else
            _counts.CopyTo(_all, 0);
    }
}
