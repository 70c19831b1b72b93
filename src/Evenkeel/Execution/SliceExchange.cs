using System.Numerics;
using System.Numerics.Tensors;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// Merges what slices have computed along one tree: neighbours first, then pairs, and so on. The tree depends on the number of slices
/// alone, so the bits are the same on any number of ranks. Nothing is allocated per exchange.
/// </summary>
internal sealed class SliceExchange
{
    private delegate void Join(Span<double> sum, Span<double> other);

    private readonly Program[] _slices;
    private readonly Communicator? _ranks;
    private readonly int _count;
    private readonly double[] _mine;
    private readonly double[] _all;
    private readonly float[] _received;

    /// <summary>Makes room for the largest exchange of a plan.</summary>
    public SliceExchange(ExecutionPlan plan, Program[] slices, Communicator? ranks)
    {
        (_slices, _ranks, _count) = (slices, ranks, plan.Options.Slices);
        int longest = plan
            .Steps.OfType<ExchangeStep>()
            .Where(s => s is not ExchangeGradients)
            .Max(s => plan[s.Writes[0]].Fixed);
        _mine = new double[slices.Length * longest];
        _all = new double[_count * longest];
        _received = new float[Size > 1 ? plan.Layout.TrainableBytes / sizeof(float) : 0];
    }

    /// <summary>The first of this rank's slices.</summary>
    public int FirstSlice => (_ranks?.Rank ?? 0) * _slices.Length;

    private int Size => _ranks?.Size ?? 1;

    /// <summary>The first example of a slice of a batch.</summary>
    public int Start(int slice, int batch) => (int)((long)batch * slice / _count);

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
            case ExchangeGradients s:
                CountOnce(s);
                SumGradients();
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
            mine = Size == 1 ? all : _mine.AsSpan(0, _slices.Length * length);
        for (int i = 0; i < _slices.Length; i++)
            _slices[i].Doubles(buffer).CopyTo(mine[(i * length)..]);
        if (Size > 1)
            _ranks!.AllGather<double>(mine, all);
        return all;
    }

    // What the first slice of each group has, for all of this rank's slices.
    private void Give(BufferId buffer, ReadOnlySpan<double> all, int group)
    {
        int length = all.Length / _count;
        for (int i = 0; i < _slices.Length; i++)
            _slices[i].Set(buffer, all.Slice((FirstSlice + i) / group * group * length, length));
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
            means[i] *= (double)(Start(i + 1, batch) - Start(i, batch)) / Math.Max(1, batch);
    }

    // Every slice of a group has the gradients that are made of exchanged sums.
    private void CountOnce(ExchangeGradients step)
    {
        for (int i = 0; i < _slices.Length; i++)
        {
            foreach ((BufferId buffer, int group) in step.Grouped)
            {
                BufferInfo info = _slices[i].Plan[buffer];
                if ((FirstSlice + i) % group != 0)
                    _slices[i].Bindings.Gradients!.Span<float>(info.Home, info.Fixed).Clear();
            }
        }
    }

    private Span<float> GradientsOf(int slice) =>
        _slices[slice]
            .Bindings.Gradients!.Span<float>(0, (int)(_slices[slice].Plan.Layout.TrainableBytes / sizeof(float)));

    private void SumGradients()
    {
        // Ranks that hold whole subtrees sum theirs before they meet by halves. For any others each node's right half goes to the rank of
        // its left half, and the sum from the first rank to all.
        bool halves = BitOperations.IsPow2(_slices.Length) && BitOperations.IsPow2(Size);
        for (int stride = 1; stride < (halves ? _slices.Length : _count); stride *= 2)
        {
            for (int left = 0; left + stride < _count; left += 2 * stride)
                SumInto(left, left + stride);
        }

        if (Size == 1)
            return;
        if (halves)
            SumByHalves(GradientsOf(0));
        else
            _ranks!.Broadcast(GradientsOf(0));
    }

    private void AddTo(int slice, ReadOnlySpan<float> other) =>
        TensorPrimitives.Add(GradientsOf(slice), other, GradientsOf(slice));

    // Rabenseifner's way (2004): each pair of ranks shares out what both have, then all collect what was summed. Neighbours meet first,
    // and the lower comes first in each sum, as in the tree.
    private void SumByHalves(Span<float> sums)
    {
        int rank = _ranks!.Rank,
            start = 0,
            length = sums.Length;
        for (int distance = 1; distance < Size; distance *= 2)
        {
            (int lower, int upper) = (length / 2, length - (length / 2));
            bool keepsLower = (rank & distance) == 0;
            Span<float> kept = keepsLower ? sums.Slice(start, lower) : sums.Slice(start + lower, upper),
                given = keepsLower ? sums.Slice(start + lower, upper) : sums.Slice(start, lower),
                received = _received.AsSpan(0, kept.Length);
            _ranks.SendReceive<float>(given, received, rank ^ distance);
            TensorPrimitives.Add(kept, received, kept);
            (start, length) = (keepsLower ? start : start + lower, kept.Length);
        }

        Collect(sums, 0, sums.Length, 1);
    }

    // The other half of each pair's part, from the smallest parts on.
    private void Collect(Span<float> sums, int start, int length, int distance)
    {
        if (distance == Size)
            return;
        int rank = _ranks!.Rank,
            lower = length / 2;
        bool hasLower = (rank & distance) == 0;
        Span<float> first = sums.Slice(start, lower),
            second = sums.Slice(start + lower, length - lower);
        Collect(sums, hasLower ? start : start + lower, hasLower ? lower : length - lower, 2 * distance);
        _ranks.SendReceive<float>(hasLower ? first : second, hasLower ? second : first, rank ^ distance);
    }

    private void SumInto(int left, int right)
    {
        int first = FirstSlice,
            end = first + _slices.Length;
        bool hasLeft = left >= first && left < end,
            hasRight = right >= first && right < end;
        if (hasLeft && hasRight)
            AddTo(left - first, GradientsOf(right - first));
        else if (hasLeft)
        {
            _ranks!.SendReceive<float>([], _received, right / _slices.Length);
            AddTo(left - first, _received);
        }
        else if (hasRight)
            _ranks!.SendReceive<float>(GradientsOf(right - first), [], left / _slices.Length);
    }
}
