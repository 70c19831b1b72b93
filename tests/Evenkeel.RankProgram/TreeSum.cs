using System.Runtime.InteropServices;
using Evenkeel.Ranks;

namespace Evenkeel.RankProgram;

/// <summary>
/// Sums over slices in one fixed tree, whatever ranks hold them: a rank folds what it has, and where a node's halves lie on two ranks, the
/// right one goes to the left. How a caller gets the same bits from any number of ranks.
/// </summary>
internal sealed class TreeSum(Communicator ranks, int slices)
{
    public static float[] Slice(int slice, int count)
    {
        var random = new Random(1000 + slice);
        return [.. Enumerable.Range(0, count).Select(_ => (float)Math.Pow(10, (12 * random.NextDouble()) - 6))];
    }

    /// <summary>The sum on every rank.</summary>
    public float[] Run(int count)
    {
        float[] sum = Reduce(0, slices, count) ?? new float[count];
        ranks.Broadcast<float>(sum);
        return sum;
    }

    private int OwnerOf(int slice) =>
        Enumerable.Range(0, ranks.Size).Last(rank => slice >= (long)slices * rank / ranks.Size);

    // The sum of some slices on the owner of the first; null on those that have none of them, and on others nothing to rely on.
    private float[]? Reduce(int first, int end, int count)
    {
        if (ranks.Rank < OwnerOf(first) || ranks.Rank > OwnerOf(end - 1))
            return null;
        if (end - first == 1)
            return Slice(first, count);
        int middle = (first + end) / 2;
        float[]? left = Reduce(first, middle, count);
        float[]? right = Reduce(middle, end, count);
        (int lower, int upper) = (OwnerOf(first), OwnerOf(middle));
        if (lower != upper && ranks.Rank == upper)
            ranks.SendReceive<float>(right, [], lower);
        if (ranks.Rank != lower)
            return left ?? right;
        if (lower != upper)
            ranks.SendReceive<float>([], right = new float[count], upper);
        for (int i = 0; i < count; i++)
            left![i] += right![i];
        return left;
    }

    /// <summary>The same on one rank alone.</summary>
    public static float[] Alone(int slices, int count)
    {
        return Fold(0, slices);

        float[] Fold(int first, int end)
        {
            if (end - first == 1)
                return Slice(first, count);
            int middle = (first + end) / 2;
            float[] left = Fold(first, middle);
            float[] right = Fold(middle, end);
            return [.. left.Zip(right, (a, b) => a + b)];
        }
    }

    public static bool SameBits(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        MemoryMarshal.AsBytes(a).SequenceEqual(MemoryMarshal.AsBytes(b));
}
