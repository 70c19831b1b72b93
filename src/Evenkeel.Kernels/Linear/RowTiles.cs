namespace Evenkeel.Kernels.Linear;

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
