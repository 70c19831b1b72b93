namespace Evenkeel.Kernels.Linear;

/// <summary>How a product is cut: into equal ranges, and into a number of parts worth a thread's while.</summary>
internal static class Partition
{
    // A part costs a few microseconds at least, several times the cost of handing it to a thread.
    private const double SmallestPart = 4e5;

    // From here on a thread gets several parts, so that one that is held up can leave parts to the others.
    private const double LargePart = 8e6;
    private const int PartsPerThread = 4;

    // A microsecond.
    private const double FinePart = 1e5;

    /// <summary>Parts for so many floating-point operations; the result of a product does not depend on it.</summary>
    public static int Count(double operations, int threads)
    {
        if (threads == 1 || operations < 2 * SmallestPart)
            return 1;
        if (operations > LargePart * threads)
            return threads * PartsPerThread;
        return (int)Math.Min(threads, operations / SmallestPart);
    }

    /// <summary>The same, several for each thread also of small products: for parts that cost nothing but the taking.</summary>
    public static int FineCount(double operations, int threads) =>
        Count(operations, threads) == 1 ? 1 : (int)Math.Min(threads * PartsPerThread, operations / FinePart);

    /// <summary>First item of part <paramref name="part"/>, when <paramref name="items"/> are dealt out evenly.</summary>
    public static int Begin(int part, int parts, int items) => (int)((long)items * part / parts);

    /// <summary><paramref name="a"/> / <paramref name="b"/>, rounded up.</summary>
    public static int CeilingDivide(int a, int b) => (int)(((long)a + b - 1) / b);
}

/// <summary>Rows cut into tiles whose heights differ by one at most, so that none is left too low to be fast.</summary>
internal readonly struct RowTiles
{
    private readonly int _begin;
    private readonly int _height;

    /// <summary>Cuts rows <paramref name="begin"/> to <paramref name="end"/> - 1.</summary>
    public RowTiles(int begin, int end, int maxHeight)
    {
        Count = Partition.CeilingDivide(end - begin, maxHeight);
        _begin = begin;
        (_height, Taller) = Count == 0 ? (0, 0) : Math.DivRem(end - begin, Count);
    }

    /// <summary>Number of tiles.</summary>
    public int Count { get; }

    /// <summary>The first so many tiles are one row higher than the others.</summary>
    public int Taller { get; }

    /// <summary>First row of tile <paramref name="index"/>.</summary>
    public int Row(int index) => _begin + (index * _height) + Math.Min(index, Taller);

    /// <summary>Rows of tile <paramref name="index"/>.</summary>
    public int Height(int index) => index < Taller ? _height + 1 : _height;
}
