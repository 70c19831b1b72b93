using System.Collections.Immutable;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// The mean weight of the labels of a batch. Labels are counted by class, and counts of ranks are whole numbers, so the mean is the same on any
/// number of them.
/// </summary>
internal sealed class LabelWeights
{
    private readonly ImmutableArray<double> _weights;
    private readonly Communicator? _ranks;
    private readonly int[] _counts;
    private readonly int[] _all;

    /// <summary>For a loss with a weight for each class, or with none.</summary>
    /// <param name="weights">Of classes; empty where all examples count alike.</param>
    /// <param name="ranks">Those that share out a batch; null where there is one.</param>
    public LabelWeights(ImmutableArray<double> weights, Communicator? ranks)
    {
        (_weights, _ranks) = (weights, ranks);
        _counts = new int[weights.Length];
        _all = new int[weights.Length * (ranks?.Size ?? 1)];
    }

    /// <summary>The mean over a batch; 1 where there are no weights, or no labels.</summary>
    /// <param name="labels">This rank's; what is no class is left for those who use it to refuse.</param>
    public double MeanOf(ReadOnlySpan<int> labels)
    {
        if (_weights.IsEmpty)
            return 1;
        Array.Clear(_counts);
        foreach (int label in labels)
        {
            if ((uint)label < (uint)_counts.Length)
                _counts[label]++;
        }

        if (_ranks is { Size: > 1 } ranks)
            ranks.AllGather(_counts, _all);
        else
            _counts.CopyTo(_all, 0);
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
}
