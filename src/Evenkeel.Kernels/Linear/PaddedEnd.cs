using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// The last few rows of b's last panel, padded with zeros to whole vectors. Tiles read whole vectors of b: past the end of a
/// row that is the next row, which does no harm, but past the end of b it would be out of bounds.
/// </summary>
internal readonly unsafe struct PaddedEnd<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    private readonly float* _padded;
    private readonly long _elements;
    private readonly int _rowLength;
    private readonly int _firstStep;

    /// <summary>Copies the rows that need it to <paramref name="padded"/>, room for <see cref="Floats"/>.</summary>
    [MethodImpl(HotMethods.Loop)]
    public PaddedEnd(in Product product, float* padded)
    {
        _padded = padded;
        _elements = (long)product.Depth * product.Columns;
        _rowLength = product.Columns;
        int width = TileKernels<TVec, TLanes>.Width;
        int column = (product.Columns - 1) / width * width;
        int columns = product.Columns - column;
        _firstStep = ReadableSteps(column, columns);
        for (int step = _firstStep; step < product.Depth; step++)
        {
            var row = new Span<float>(padded + ((step - _firstStep) * width), width);
            new ReadOnlySpan<float>(product.B + (step * product.BStepStride) + column, columns).CopyTo(row);
            row[columns..].Clear();
        }
    }

    /// <summary>Floats of the padded copy: a row of one column needs the most, one row less than a vector has lanes.</summary>
    public static int Floats => TLanes.Count * TileKernels<TVec, TLanes>.Width;

    /// <summary>Steps from the first on whose whole vectors end inside b, for a tile at <paramref name="column"/>.</summary>
    public int ReadableSteps(int column, int columns)
    {
        long end = column + (long)(columns > TLanes.Count ? TileKernels<TVec, TLanes>.Width : TLanes.Count);
        return end > _elements ? 0 : (int)(((_elements - end) / _rowLength) + 1);
    }

    /// <summary>The padded copy from <paramref name="step"/> on.</summary>
    public float* Step(int step) => _padded + ((step - _firstStep) * TileKernels<TVec, TLanes>.Width);
}
