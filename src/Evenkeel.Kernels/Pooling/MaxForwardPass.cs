using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// The largest value of every window of a row, the first of equals. Comparisons skip NaN, so a row that may hold one (or an
/// infinity) is noticed by a sum of zeros and done again one value at a time.
/// </summary>
internal readonly unsafe struct MaxForwardPass<TWinner>(
    in PoolingShape shape,
    float* x,
    float* y,
    int yStride,
    byte* winner
) : IColumnPass
    where TWinner : struct, IWinner
{
    private readonly PoolingAxis _vertical = shape.Vertical;
    private readonly PoolingAxis _horizontal = shape.Horizontal;
    private readonly int _channels = shape.Channels;
    private readonly float* _x = x;
    private readonly float* _y = y;
    private readonly byte* _winner = winner;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int end = columns - ((columns - column) % TLanes.Count);
        if (end == column)
            return column;
        TVec zeros = TLanes.Zero;
        for (int ox = 0; ox < _horizontal.Output; ox++)
        {
            MaxWindow window = WindowOf(row, ox);
            nint position = ((nint)row * _horizontal.Output) + ox;
            int c = column;
            for (; c + (2 * TLanes.Count) <= end; c += 2 * TLanes.Count)
                zeros = Two<TLanes, TVec>(window, c, position, zeros);
            if (c < end)
                zeros = One<TLanes, TVec>(window, c, position, zeros);
        }

        if (float.IsNaN(TLanes.Sum(zeros)))
            Careful(row, column, end);
        return end;
    }

    private MaxWindow WindowOf(int row, int ox)
    {
        (int image, int oy) = Math.DivRem(row, _vertical.Output);
        int y0 = _vertical.First(oy);
        int x0 = _horizontal.First(ox);
        int place = ((y0 - _vertical.Start(oy)) * _horizontal.Window) + x0 - _horizontal.Start(ox);
        nint line = (nint)_horizontal.Input * _channels;
        float* source = _x + ((((nint)image * _vertical.Input) + y0) * line) + ((nint)x0 * _channels);
        return new MaxWindow(source, line, _vertical.End(oy) - y0, _horizontal.End(ox) - x0, place);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Two<TLanes, TVec>(in MaxWindow window, int c, nint position, TVec zeros)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* line = window.Source + c;
        TVec best0 = TLanes.Load(line);
        TVec best1 = TLanes.Load(line + TLanes.Count);
        TVec place0 = TLanes.Splat(window.Place);
        TVec place1 = place0;
        TVec zero = TLanes.Zero;
        TVec zeros0 = zero;
        TVec zeros1 = zero;
        int width = window.Width;
        nint step = _channels;
        float first = window.Place;
        for (int i = 0; i < window.Height; i++, line += window.Line, first += _horizontal.Window)
        {
            float* tap = line;
            TVec place = TLanes.Splat(first);
            for (int j = 0; j < width; j++, tap += step, place = TLanes.Add(place, TLanes.Splat(1f)))
            {
                TVec v0 = TLanes.Load(tap);
                TVec v1 = TLanes.Load(tap + TLanes.Count);
                place0 = TWinner.Choose<TLanes, TVec>(v0, best0, place, place0);
                place1 = TWinner.Choose<TLanes, TVec>(v1, best1, place, place1);
                best0 = TLanes.SelectGreater(v0, best0, v0, best0);
                best1 = TLanes.SelectGreater(v1, best1, v1, best1);
                zeros0 = TLanes.MultiplyAdd(v0, zero, zeros0);
                zeros1 = TLanes.MultiplyAdd(v1, zero, zeros1);
            }
        }

        float* y = _y + (position * yStride) + c;
        TLanes.Store(y, best0);
        TLanes.Store(y + TLanes.Count, best1);
        byte* winner = _winner + (position * _channels) + c;
        TWinner.Write<TLanes, TVec>(winner, place0);
        TWinner.Write<TLanes, TVec>(winner + TLanes.Count, place1);
        return TLanes.Add(zeros, TLanes.Add(zeros0, zeros1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec One<TLanes, TVec>(in MaxWindow window, int c, nint position, TVec zeros)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* line = window.Source + c;
        TVec best = TLanes.Load(line);
        TVec bestPlace = TLanes.Splat(window.Place);
        float first = window.Place;
        for (int i = 0; i < window.Height; i++, line += window.Line, first += _horizontal.Window)
        {
            float* tap = line;
            for (int j = 0; j < window.Width; j++, tap += _channels)
            {
                TVec v = TLanes.Load(tap);
                bestPlace = TWinner.Choose<TLanes, TVec>(v, best, TLanes.Splat(first + j), bestPlace);
                best = TLanes.SelectGreater(v, best, v, best);
                zeros = TLanes.MultiplyAdd(v, TLanes.Zero, zeros);
            }
        }

        TLanes.Store(_y + (position * yStride) + c, best);
        TWinner.Write<TLanes, TVec>(_winner + (position * _channels) + c, bestPlace);
        return zeros;
    }

    private void Careful(int row, int column, int end)
    {
        for (int ox = 0; ox < _horizontal.Output; ox++)
        {
            MaxWindow window = WindowOf(row, ox);
            nint position = ((nint)row * _horizontal.Output) + ox;
            for (int c = column; c < end; c++)
            {
                int place = PlaceOf(window, c);
                int tap = place - window.Place;
                int i = tap / _horizontal.Window;
                int j = tap % _horizontal.Window;
                _y[(position * yStride) + c] = window.Source[(i * window.Line) + ((nint)j * _channels) + c];
                TWinner.Write<Lanes1, float>(_winner + (position * _channels) + c, place);
            }
        }
    }

    // The first NaN, or else the first of the largest.
    private int PlaceOf(in MaxWindow window, int c)
    {
        int bestPlace = window.Place;
        float best = window.Source[c];
        for (int i = 0; i < window.Height; i++)
        {
            for (int j = 0; j < window.Width; j++)
            {
                float v = window.Source[(i * window.Line) + ((nint)j * _channels) + c];
                if (!float.IsNaN(best) && (v > best || float.IsNaN(v)))
                    (best, bestPlace) = (v, window.Place + (i * _horizontal.Window) + j);
            }
        }

        return bestPlace;
    }
}

/// <summary>The real pixels of one window.</summary>
/// <param name="source">The first of them.</param>
/// <param name="line">Floats from one row of the image to the next.</param>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
/// <param name="place">Place of the first pixel within the whole window, counted along its rows.</param>
internal readonly unsafe struct MaxWindow(float* source, nint line, int height, int width, int place)
{
    public float* Source { get; } = source;
    public nint Line { get; } = line;
    public int Height { get; } = height;
    public int Width { get; } = width;
    public int Place { get; } = place;
}

/// <summary>Whether the place of the largest value is kept, for the gradient.</summary>
internal unsafe interface IWinner
{
    /// <summary><paramref name="place"/> where <paramref name="value"/> exceeds <paramref name="best"/>.</summary>
    static abstract TVec Choose<TLanes, TVec>(TVec value, TVec best, TVec place, TVec bestPlace)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>Writes the places of one register.</summary>
    static abstract void Write<TLanes, TVec>(byte* winner, TVec place)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Inference needs no places.</summary>
internal readonly unsafe struct NoWinner : IWinner
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVec IWinner.Choose<TLanes, TVec>(TVec value, TVec best, TVec place, TVec bestPlace) => bestPlace;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IWinner.Write<TLanes, TVec>(byte* winner, TVec place) { }
}

/// <summary>One byte per output.</summary>
internal readonly unsafe struct KeepWinner : IWinner
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVec IWinner.Choose<TLanes, TVec>(TVec value, TVec best, TVec place, TVec bestPlace) =>
        TLanes.SelectGreater(value, best, place, bestPlace);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IWinner.Write<TLanes, TVec>(byte* winner, TVec place) => ByteLanes.Store(winner, place);
}
