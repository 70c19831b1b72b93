using System.Numerics.Tensors;
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
        _tree.Reserve(longest);
        if (plan.Steps.OfType<ExchangeMeans>().SingleOrDefault() is { } means)
            _means = new GroupMeans(means, slices, share, _tree);
    }

    /// <summary>Does an exchange for a batch of so many examples.</summary>
    public void Do(ExchangeStep step, int batch)
    {
        switch (step)
        {
            case ExchangeMoments s:
                Fold(s.Moments, s.Group, Merge);
                break;
            case ExchangeSums s:
                Fold(s.Sums, s.Group, Add);
                break;
            case ExchangeLoss s:
                Weigh(s.Mean, batch);
                Fold(s.Mean, _share.Slices, Add);
                break;
            case ExchangeMeans:
                _means!.Exchange();
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

    private static void Add(Span<double> sum, Span<double> other) => TensorPrimitives.Add(sum, other, sum);

    // The share of each slice in the mean over the batch.
    private void Weigh(BufferId mean, int batch)
    {
        for (int i = 0; i < _slices.Length; i++)
        {
            int slice = _share.First + i,
                count = _share.Start(slice + 1, batch) - _share.Start(slice, batch);
            _slices[i].Set(mean, [_slices[i].Doubles(mean)[0] * ((double)count / Math.Max(1, batch))]);
        }
    }
}
