using System.Numerics;

namespace Evenkeel.Kernels.Loops;

/// <summary>What chunks have summed on their own, a row of doubles each.</summary>
internal static unsafe class PartialSums
{
    /// <summary>Adds all rows to the first, in their order and whole rows at a time, and rounds it; of none, the sums are 0.</summary>
    public static void Merge(double* partials, int parts, Span<float> sums)
    {
        int columns = sums.Length;
        if (parts == 0)
        {
            sums.Clear();
            return;
        }

        for (int part = 1; part < parts; part++)
            Add(partials + ((nint)part * columns), partials, columns);
        for (int c = 0; c < columns; c++)
            sums[c] = (float)partials[c];
    }

    private static void Add(double* part, double* sum, int columns)
    {
        int c = 0;
        for (; c + Vector<double>.Count <= columns; c += Vector<double>.Count)
            (Vector.Load(sum + c) + Vector.Load(part + c)).Store(sum + c);
        for (; c < columns; c++)
            sum[c] += part[c];
    }
}
