namespace Evenkeel.Planning;

/// <summary>Bytes of an arena that are taken, as ranges that do not touch.</summary>
internal sealed class TakenBytes
{
    // Range i is from _starts[i] up to _ends[i]; both grow.
    private readonly List<long> _starts = [];
    private readonly List<long> _ends = [];

    /// <summary>The lowest offset, <paramref name="from"/> or higher, from which so many bytes are free.</summary>
    public long FirstFree(long from, long size)
    {
        long offset = from;
        for (int i = Above(_ends, from); i < _starts.Count && offset + size > _starts[i]; i++)
            offset = _ends[i];
        return offset;
    }

    /// <summary>Takes bytes; some may be taken already.</summary>
    public void Add(long offset, long size)
    {
        long end = offset + size;
        // The ranges from first up to last touch it and become one with it.
        int first = Above(_ends, offset - 1),
            last = Above(_starts, end);
        if (first < last)
        {
            offset = Math.Min(offset, _starts[first]);
            end = Math.Max(end, _ends[last - 1]);
            _starts.RemoveRange(first, last - first);
            _ends.RemoveRange(first, last - first);
        }

        _starts.Insert(first, offset);
        _ends.Insert(first, end);
    }

    // The first place whose number is above a value.
    private static int Above(List<long> numbers, long value)
    {
        int low = 0,
            high = numbers.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (numbers[middle] > value)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
