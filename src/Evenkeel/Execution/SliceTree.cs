using System.Numerics;
using System.Numerics.Tensors;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>Takes the values of a further part into those of one.</summary>
internal delegate void Join(Span<double> values, Span<double> other);

/// <summary>
/// Joins values of slices along one tree: neighbours, then pairs of neighbours, and so on, the lower always on the left. A rank sends
/// them once for each level at which ranks meet, and never beyond its group.
/// </summary>
/// <param name="share">This rank's slices.</param>
/// <param name="ranks">Who has the others; null if nobody.</param>
internal sealed class SliceTree(SliceShare share, Communicator? ranks)
{
    private double[] _received = [];

    /// <summary>Makes room for values of so many doubles of a slice.</summary>
    public void Reserve(int length)
    {
        if (share.Ranks > 1 && length > _received.Length)
            _received = new double[length];
    }

    /// <summary>Joins values by adding them.</summary>
    public static void Add(Span<double> sum, Span<double> other) => TensorPrimitives.Add(sum, other, sum);

    /// <summary>Replaces the values of each slice by those of its group.</summary>
    /// <param name="values">Those of this rank's slices, one after the other.</param>
    /// <param name="group">Consecutive slices that belong together.</param>
    /// <param name="join">How two become one.</param>
    public void Fold(Span<double> values, int group, Join join)
    {
        // Ranks that hold whole subtrees swap what they have. Any others give it to the rank of the left half, and get it back.
        int own =
            BitOperations.IsPow2(share.Mine) && BitOperations.IsPow2(group) && share.Slices % group == 0
                ? Math.Min(share.Mine, group)
                : group;
        int stride = 1;
        for (; stride < own; stride *= 2)
            Up(values, stride, group, join);
        for (int wide = own; wide < group; wide *= 2)
            Swap(values[..(values.Length / share.Mine)], wide / share.Mine, join);
        for (stride /= 2; stride > 0; stride /= 2)
            Down(values, stride, group);
    }

    private void Up(Span<double> values, int stride, int group, Join join)
    {
        int length = values.Length / share.Mine;
        for (int i = 0; i < share.Mine; i++)
        {
            Span<double> mine = values.Slice(i * length, length);
            int left = share.First + i;
            if (IsLeft(left, stride, group))
                join(
                    mine,
                    i + stride < share.Mine ? values.Slice((i + stride) * length, length) : From(left + stride, length)
                );
            else if (i < stride && IsLeft(left - stride, stride, group))
                ranks!.SendReceive<double>(mine, [], share.OwnerOf(left - stride));
        }
    }

    private void Down(Span<double> values, int stride, int group)
    {
        int length = values.Length / share.Mine;
        for (int i = 0; i < share.Mine; i++)
        {
            Span<double> mine = values.Slice(i * length, length);
            int left = share.First + i;
            if (IsLeft(left, stride, group))
            {
                if (i + stride < share.Mine)
                    mine.CopyTo(values[((i + stride) * length)..]);
                else
                    ranks!.SendReceive<double>(mine, [], share.OwnerOf(left + stride));
            }
            else if (i < stride && IsLeft(left - stride, stride, group))
                ranks!.SendReceive([], mine, share.OwnerOf(left - stride));
        }
    }

    private void Swap(Span<double> mine, int distance, Join join)
    {
        Span<double> other = _received.AsSpan(0, mine.Length);
        ranks!.SendReceive<double>(mine, other, share.Rank ^ distance);
        if ((share.Rank & distance) == 0)
        {
            join(mine, other);
            return;
        }

        join(other, mine);
        other.CopyTo(mine);
    }

    private Span<double> From(int slice, int length)
    {
        Span<double> other = _received.AsSpan(0, length);
        ranks!.SendReceive([], other, share.OwnerOf(slice));
        return other;
    }

    // Whether a slice takes in the one a stride behind it, of the same group.
    private bool IsLeft(int slice, int stride, int group)
    {
        int place = slice % group;
        return slice >= 0 && place % (2 * stride) == 0 && place + stride < group && slice + stride < share.Slices;
    }
}
