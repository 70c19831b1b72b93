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
    private delegate void Join(Span<double> sum, Span<double> other);

    private readonly Program[] _slices;
    private readonly SliceShare _share;
    private readonly Communicator? _ranks;
    private readonly int _count;
    private readonly double[] _mine;
    private readonly double[] _all;

    /// <summary>Makes room for the largest exchange of a plan.</summary>
    public SliceExchange(ExecutionPlan plan, Program[] slices, SliceShare share, Communicator? ranks)
    {
        (_slices, _share, _ranks, _count) = (slices, share, ranks, share.Slices);
        int longest = plan
            .Steps.OfType<ExchangeStep>()
            .Select(s => plan[s.Writes[0]])
            .Where(b => b.Type == ElementType.Float64)
            .Max(b => b.Fixed);
        _mine = new double[slices.Length * longest];
        _all = new double[_count * longest];
    }

    /// <summary>Does an exchange for a batch of so many examples.</summary>
    public void Do(ExchangeStep step, int batch)
    {
        switch (step)
        {
            case ExchangeMoments s:
                Span<double> moments = Gather(s.Moments);
                Fold(moments, s.Group, Merge);
                Give(s.Moments, moments, s.Group);
                Average(moments, s.Group);
                Give(s.Mean, moments, _count);
                break;
            case ExchangeSums s:
                Span<double> sums = Gather(s.Sums);
                Fold(sums, s.Group, Add);
                Give(s.Sums, sums, s.Group);
                break;
            case ExchangeLoss s:
                Span<double> means = Gather(s.Mean);
                Weigh(means, batch);
                Fold(means, _count, Add);
                Give(s.Mean, means, _count);
                break;
            default:
                throw new NotSupportedException($"Slices do not know {step.Kernel}.");
        }
    }

    // The values of all slices, one after the other.
    private Span<double> Gather(BufferId buffer)
    {
        int length = _slices[0].Doubles(buffer).Length;
        Span<double> all = _all.AsSpan(0, _count * length),
            mine = _share.Ranks == 1 ? all : _mine.AsSpan(0, _slices.Length * length);
        for (int i = 0; i < _slices.Length; i++)
            _slices[i].Doubles(buffer).CopyTo(mine[(i * length)..]);
        if (_share.Ranks > 1)
            _ranks!.AllGather<double>(mine, all);
        return all;
    }

    // What the first slice of each group has, for all of this rank's slices.
    private void Give(BufferId buffer, ReadOnlySpan<double> all, int group)
    {
        int length = all.Length / _count;
        for (int i = 0; i < _slices.Length; i++)
            _slices[i].Set(buffer, all.Slice((_share.First + i) / group * group * length, length));
    }

    // Along the tree of each group, into its first slice.
    private void Fold(Span<double> all, int group, Join join)
    {
        int length = all.Length / _count;
        for (int stride = 1; stride < group; stride *= 2)
        {
            for (int i = 0; i < _count; i++)
            {
                if (IsLeft(i, stride, group))
                    join(all.Slice(i * length, length), all.Slice((i + stride) * length, length));
            }
        }
    }

    private static void Merge(Span<double> moments, Span<double> other)
    {
        var more = new ChannelMoments(other);
        new ChannelMoments(moments).Merge(more.Count, more.Mean, more.M2);
    }

    private static void Add(Span<double> sum, Span<double> other) => TensorPrimitives.Add(sum, other, sum);

    // Whether a slice takes in the one a stride behind it, of the same group.
    private bool IsLeft(int slice, int stride, int group)
    {
        int place = slice % group;
        return place % (2 * stride) == 0 && place + stride < group && slice + stride < _count;
    }

    // The mean of the groups' moments, weighed by their counts, in the place of the first: of means, of variances, and of counts.
    private void Average(Span<double> all, int group)
    {
        if (group >= _count)
            return;
        int length = all.Length / _count,
            groups = 0;
        double total = 0;
        for (int i = 0; i < _count; i += group)
        {
            var part = new ChannelMoments(all.Slice(i * length, length));
            if (part.Count == 0)
                continue;
            groups++;
            total += part.Count;
            TensorPrimitives.Multiply(part.Mean, part.Count, part.Mean);
        }

        for (int i = group; i < _count; i += group)
            Add(all[..length], all.Slice(i * length, length));
        var mean = new ChannelMoments(all[..length]);
        mean.Count = total / Math.Max(1, groups);
        TensorPrimitives.Divide(mean.Mean, Math.Max(1, total), mean.Mean);
        TensorPrimitives.Divide(mean.M2, Math.Max(1, groups), mean.M2);
    }

    private void Weigh(Span<double> means, int batch)
    {
        for (int i = 0; i < _count; i++)
            means[i] *= (double)(_share.Start(i + 1, batch) - _share.Start(i, batch)) / Math.Max(1, batch);
    }
}
