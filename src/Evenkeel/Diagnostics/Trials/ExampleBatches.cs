using Evenkeel.Data.Sampling;

namespace Evenkeel.Diagnostics.Trials;

/// <summary>Which examples are run together. The order is shuffled by a fixed seed, since data often comes sorted by class.</summary>
internal static class ExampleBatches
{
    private const ulong Seed = 1;

    /// <summary>All examples, shuffled.</summary>
    public static int[] Shuffled(int count)
    {
        int[] order = new int[count];
        new ExampleOrder(count, ShuffleMode.Full, Seed).Fill(0, order);
        return order;
    }

    /// <summary>
    /// Every example once, in batches whose sizes differ by one at most and are no smaller than asked, so that none is a short rest.
    /// </summary>
    public static IReadOnlyList<int[]> Even(ReadOnlySpan<int> examples, int size)
    {
        int batches = Math.Max(1, examples.Length / size);
        var result = new int[batches][];
        for (int i = 0; i < batches; i++)
            result[i] = examples[FirstOf(i, examples.Length)..FirstOf(i + 1, examples.Length)].ToArray();
        return result;

        int FirstOf(int batch, int count) => (int)((long)batch * count / batches);
    }

    /// <summary>Whether the first two examples that differ exist: false for data that is the same all over.</summary>
    public static bool Vary(IDataset data)
    {
        float[] first = new float[data.InputLength],
            other = new float[data.InputLength];
        int[] labels = new int[data.LabelLength];
        data.Read([0], first, labels);
        for (int i = 1; i < data.Count; i++)
        {
            data.Read([i], other, labels);
            if (!first.AsSpan().SequenceEqual(other))
                return true;
        }

        return false;
    }
}
