using Evenkeel.Graphs;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// Merges moments, sums and losses of slices along one tree: neighbours first, then pairs, and so on. The tree depends on the number of
/// slices alone, so the bits are the same on any number of ranks. Nothing is allocated per exchange.
/// </summary>
internal sealed class SliceExchange
{
    private readonly Program[] _slices;
    private readonly SliceShare _share;
    private readonly SliceTree _tree;
    private readonly GroupMeans? _means;
    private readonly double[] _mine;
    private readonly double[] _losses;

    /// <summary>Makes room for the largest exchange of a plan.</summary>
    public SliceExchange(ExecutionPlan plan, Program[] slices, SliceShare share, Communicator? ranks)
    {
        (_slices, _share) = (slices, share);
        _tree = new SliceTree(share, ranks);
        int longest = plan
            .Steps.OfType<ExchangeStep>()
            .Select(s => plan[s.Writes[0]])
            .Where(b => b.Type == ElementType.Float64)
            .Max(b => b.Fixed);
        _mine = new double[slices.Length * longest];
        _losses = new double[slices.Length];
        _tree.Reserve(longest);
        if (plan.Steps.OfType<ExchangeMeans>().SingleOrDefault() is { } means)
            _means = new GroupMeans(means, slices, share, _tree);
    }

    /// <summary>Does an exchange; loss and mean moments are those of all micro-batches, and exchanged behind the last one.</summary>
    /// <param name="step">Which one.</param>
    /// <param name="batch">Examples of the whole batch.</param>
    /// <param name="part">The micro-batch that is computed.</param>
    public void Do(ExchangeStep step, int batch, int part)
    {
        switch (step)
        {
            case ExchangeMoments s:
                Fold(s.Moments, s.Group, Merge);
                break;
            case ExchangeSums s:
                Fold(s.Sums, s.Group, SliceTree.Add);
                break;
            case ExchangeLoss s:
                Weigh(s.Mean, batch, part);
                if (_share.IsLast(part))
                    Fold(s.Mean, _share.Slices, SliceTree.Add);
                break;
            case ExchangeMeans:
                _means!.Exchange(part);
                break;
            default:
                throw new NotSupportedException($"Slices do not know {step.Kernel}.");
        }
    }

    // Gives each slice what its group's have together.
    private void Fold(BufferId buffer, int group, Join join)
    {
        int length = _slices[0].Doubles(buffer).Length;
        Span<double> mine = _mine.AsSpan(0, _slices.Length * length);
        for (int i = 0; i < _slices.Length; i++)
            _slices[i].Doubles(buffer).CopyTo(mine[(i * length)..]);
        _tree.Fold(mine, group, join);
        for (int i = 0; i < _slices.Length; i++)
            _slices[i].Set(buffer, mine.Slice(i * length, length));
    }

    private static void Merge(Span<double> moments, Span<double> other)
    {
        var more = new ChannelMoments(other);
        new ChannelMoments(moments).Merge(more.Count, more.Mean, more.M2);
    }

    // The share of each slice in the mean over the batch, one part after the other.
    private void Weigh(BufferId mean, int batch, int part)
    {
        for (int i = 0; i < _slices.Length; i++)
        {
            int count = _share.Of(_share.First + i, part, batch).Count;
            double loss = _slices[i].Doubles(mean)[0] * ((double)count / Math.Max(1, batch));
            _losses[i] = part == 0 ? loss : _losses[i] + loss;
            _slices[i].Set(mean, [_losses[i]]);
        }
    }
}
