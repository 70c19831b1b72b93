namespace Evenkeel.Reporting.Metrics;

/// <summary>A list that grows block by block: what is there is never copied, so a long one leaves no smaller ones behind.</summary>
internal sealed class Column<T>
    where T : unmanaged
{
    private const int BlockLength = 1 << 13;

    private readonly List<T[]> _blocks = [];

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>A value by its place.</summary>
    public T this[int index] => _blocks[index / BlockLength][index % BlockLength];

    /// <summary>Appends a value.</summary>
    public void Add(T value)
    {
        if (Count == _blocks.Count * BlockLength)
            _blocks.Add(new T[BlockLength]);
        _blocks[^1][Count++ % BlockLength] = value;
    }
}
