using System.Numerics;

namespace Evenkeel.Execution;

/// <summary>
/// What a rank does, one after the other, to sum a bucket of gradients along the tree of slices: neighbours first, then pairs, and so on. Each
/// pair of ranks meets in the same order on both sides.
/// </summary>
internal sealed class GradientTree
{
    private readonly List<GradientRound> _rounds = [];
    private readonly SliceShare _share;
    private readonly GradientPart _bucket;

    private GradientTree(SliceShare share, GradientPart bucket) => (_share, _bucket) = (share, bucket);

    /// <summary>The rounds for some gradients in a row.</summary>
    /// <param name="share">This rank's slices.</param>
    /// <param name="bucket">Those of its first slice.</param>
    public static GradientRound[] Rounds(SliceShare share, GradientPart bucket)
    {
        var tree = new GradientTree(share, bucket);
        // Ranks that hold whole subtrees sum theirs before they meet by halves. For any others each node's right half goes to the rank of
        // its left half, and the sum from the first rank to all.
        if (BitOperations.IsPow2(share.Mine) && BitOperations.IsPow2(share.Ranks))
        {
            tree.Climb(share.Mine);
            tree.Halve(bucket, 1);
        }
        else
        {
            tree.Climb(share.Slices);
            tree.Spread();
        }

        return [.. tree._rounds];
    }

    // The nodes of the tree up to a width, of all ranks in the same order.
    private void Climb(int width)
    {
        for (int stride = 1; stride < width; stride *= 2)
        {
            for (int left = 0; left + stride < _share.Slices; left += 2 * stride)
                Join(left, left + stride);
        }
    }

    private void Join(int left, int right)
    {
        (GradientPart sum, GradientPart other) = (Whole(left), Whole(right));
        if (_share.Has(left))
            _rounds.Add(new GradientRound(_share.OwnerOf(right), _share.Has(right) ? other : default, sum, Adds: true));
        else if (_share.Has(right))
            _rounds.Add(new GradientRound(_share.OwnerOf(left), other, default, Adds: false));
    }

    // Rabenseifner's way (2004): each pair of ranks shares out what both have, then all collect what was summed, from the smallest parts on.
    // Neighbours meet first, as in the tree.
    private void Halve(GradientPart part, int distance)
    {
        if (distance == _share.Ranks)
            return;
        int peer = _share.Rank ^ distance;
        GradientPart lower = part with { Count = part.Count / 2 },
            upper = new(part.Slice, part.Start + lower.Count, part.Count - lower.Count);
        (GradientPart kept, GradientPart given) = peer > _share.Rank ? (lower, upper) : (upper, lower);
        _rounds.Add(new GradientRound(peer, given, kept, Adds: true));
        Halve(kept, 2 * distance);
        _rounds.Add(new GradientRound(peer, kept, given, Adds: false));
    }

    // From the first rank to all: whoever has the sums gives them to the one half way to the next who has them.
    private void Spread()
    {
        GradientPart sums = Whole(_share.First);
        for (int distance = (int)BitOperations.RoundUpToPowerOf2((uint)_share.Ranks) / 2; distance > 0; distance /= 2)
        {
            int place = _share.Rank % (2 * distance);
            if (place == 0 && _share.Rank + distance < _share.Ranks)
                _rounds.Add(new GradientRound(_share.Rank + distance, sums, default, Adds: false));
            if (place == distance)
                _rounds.Add(new GradientRound(_share.Rank - distance, default, sums, Adds: false));
        }
    }

    private GradientPart Whole(int slice) => _bucket with { Slice = slice - _share.First };
}
