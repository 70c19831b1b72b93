namespace Evenkeel.Planning;

/// <summary>
/// Which bytes of an arena are taken at which steps. A tree over the steps: each of its nodes stands for a run of steps, and a buffer is
/// entered at the few largest runs that make up its live range, so that a range is asked about in as many places as the tree is deep.
/// </summary>
internal sealed class ArenaSpace
{
    // Node 1 is all steps, 2 i and 2 i + 1 are the halves of node i.
    private readonly int _leaves = 1;

    // By node: bytes taken at all of its steps by buffers entered there.
    private readonly TakenBytes?[] _throughout;

    // By node: bytes taken at any of its steps by buffers entered there or further down.
    private readonly TakenBytes?[] _anywhere;

    public ArenaSpace(int steps)
    {
        while (_leaves < steps)
            _leaves *= 2;
        _throughout = new TakenBytes?[2 * _leaves];
        _anywhere = new TakenBytes?[2 * _leaves];
    }

    /// <summary>The lowest offset at which so many bytes are free at every step of a range.</summary>
    public long LowestFree(LiveRange range, long size)
    {
        TakenBytes[] taken = [.. Concerned(range)];
        long offset = 0;
        bool moved;
        do
        {
            moved = false;
            foreach (TakenBytes bytes in taken)
            {
                long free = bytes.FirstFree(offset, size);
                moved |= free > offset;
                offset = free;
            }
        } while (moved);

        return offset;
    }

    /// <summary>Takes bytes at every step of a range.</summary>
    public void Take(LiveRange range, long offset, long size)
    {
        if (size == 0)
            return;
        var above = new HashSet<int>();
        foreach (int run in Runs(range))
        {
            (_throughout[run] ??= new TakenBytes()).Add(offset, size);
            for (int node = run; node > 0 && above.Add(node); node /= 2)
                (_anywhere[node] ??= new TakenBytes()).Add(offset, size);
        }
    }

    private IEnumerable<TakenBytes> Concerned(LiveRange range)
    {
        var above = new HashSet<int>();
        foreach (int run in Runs(range))
        {
            if (_anywhere[run] is { } inside)
                yield return inside;
            for (int node = run / 2; node > 0 && above.Add(node); node /= 2)
            {
                if (_throughout[node] is { } whole)
                    yield return whole;
            }
        }
    }

    // The usual walk up from both ends of the range.
    private IEnumerable<int> Runs(LiveRange range)
    {
        int first = range.First + _leaves,
            end = range.Last + 1 + _leaves;
        for (; first < end; first /= 2, end /= 2)
        {
            if (first % 2 == 1)
                yield return first++;
            if (end % 2 == 1)
                yield return --end;
        }
    }
}
