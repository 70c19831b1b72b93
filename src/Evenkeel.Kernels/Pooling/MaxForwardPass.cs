using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// The largest value of every window of a row, the first of equals. Comparisons skip NaN, so a row that may hold one (or an
/// infinity) is noticed by a sum of zeros and done again one value at a time.
/// </summary>
internal readonly unsafe struct MaxForwardPass<TArgMax, TInput>(
    in PoolingShape shape,
    TInput input,
    float* x,
    float* y,
    int yStride,
    byte* argMax
) : IColumnPass
    where TArgMax : struct, IArgMax
    where TInput : struct, IPoolingInput
{
    private readonly PoolingAxis _vertical = shape.Vertical;
    private readonly PoolingAxis _horizontal = shape.Horizontal;
    private readonly int _channels = shape.Channels;
    private readonly float* _x = x;
    private readonly float* _y = y;
    private readonly byte* _argMax = argMax;

    [MethodImpl(HotMethods.Loop)]
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
        int index = ((y0 - _vertical.Start(oy)) * _horizontal.Window) + x0 - _horizontal.Start(ox);
        nint line = (nint)_horizontal.Input * _channels;
        float* source = _x + ((((nint)image * _vertical.Input) + y0) * line) + ((nint)x0 * _channels);
        return new MaxWindow(source, line, _vertical.End(oy) - y0, _horizontal.End(ox) - x0, index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Two<TLanes, TVec>(in MaxWindow window, int c, nint position, TVec zeros)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* line = window.Source + c;
        AskBelow<TLanes, TVec>(window, line);
        Affine<TLanes, TVec> map0 = input.MapOf<TLanes, TVec>(c),
            map1 = input.MapOf<TLanes, TVec>(c + TLanes.Count);
        TVec best0 = input.Apply(map0, TLanes.Load(line));
        TVec best1 = input.Apply(map1, TLanes.Load(line + TLanes.Count));
        TVec index0 = TLanes.Splat(window.Index);
        TVec index1 = index0;
        TVec zero = TLanes.Zero;
        TVec zeros0 = zero;
        TVec zeros1 = zero;
        int width = window.Width;
        nint step = _channels;
        float first = window.Index;
        for (int i = 0; i < window.Height; i++, line += window.Line, first += _horizontal.Window)
        {
            float* tap = line;
            TVec index = TLanes.Splat(first);
            for (int j = 0; j < width; j++, tap += step, index = TLanes.Add(index, TLanes.Splat(1f)))
            {
                TVec v0 = input.Apply(map0, TLanes.Load(tap));
                TVec v1 = input.Apply(map1, TLanes.Load(tap + TLanes.Count));
                index0 = TArgMax.Choose<TLanes, TVec>(v0, best0, index, index0);
                index1 = TArgMax.Choose<TLanes, TVec>(v1, best1, index, index1);
                best0 = TLanes.SelectLarger(v0, best0);
                best1 = TLanes.SelectLarger(v1, best1);
                zeros0 = TLanes.MultiplyAdd(v0, zero, zeros0);
                zeros1 = TLanes.MultiplyAdd(v1, zero, zeros1);
            }
        }

        float* y = _y + (position * yStride) + c;
        TLanes.Store(y, best0);
        TLanes.Store(y + TLanes.Count, best1);
        byte* argMax = _argMax + (position * _channels) + c;
        TArgMax.Write<TLanes, TVec>(argMax, index0);
        TArgMax.Write<TLanes, TVec>(argMax + TLanes.Count, index1);
        return TLanes.Add(zeros, TLanes.Add(zeros0, zeros1));
    }

    // What the window of the next row of outputs has that this one has not: lines of the image are read window by window, and the processor does not
    // ask for the next ones by itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AskBelow<TLanes, TVec>(in MaxWindow window, float* line)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        if (!Sse.IsSupported)
            return;
        line += window.Height * window.Line;
        for (int i = 0; i < _vertical.Stride; i++, line += window.Line)
        {
            float* tap = line;
            for (int j = 0; j < _horizontal.Stride; j++, tap += _channels)
            {
                Sse.Prefetch1(tap);
                if (TLanes.Count == Lanes16.Count)
                    Sse.Prefetch1(tap + TLanes.Count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec One<TLanes, TVec>(in MaxWindow window, int c, nint position, TVec zeros)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* line = window.Source + c;
        Affine<TLanes, TVec> map = input.MapOf<TLanes, TVec>(c);
        TVec best = input.Apply(map, TLanes.Load(line));
        TVec bestIndex = TLanes.Splat(window.Index);
        float first = window.Index;
        for (int i = 0; i < window.Height; i++, line += window.Line, first += _horizontal.Window)
        {
            float* tap = line;
            for (int j = 0; j < window.Width; j++, tap += _channels)
            {
                TVec v = input.Apply(map, TLanes.Load(tap));
                bestIndex = TArgMax.Choose<TLanes, TVec>(v, best, TLanes.Splat(first + j), bestIndex);
                best = TLanes.SelectLarger(v, best);
                zeros = TLanes.MultiplyAdd(v, TLanes.Zero, zeros);
            }
        }

        TLanes.Store(_y + (position * yStride) + c, best);
        TArgMax.Write<TLanes, TVec>(_argMax + (position * _channels) + c, bestIndex);
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
                int index = IndexOf(window, c);
                int tap = index - window.Index;
                int i = tap / _horizontal.Window;
                int j = tap % _horizontal.Window;
                _y[(position * yStride) + c] = Value(window, i, j, c);
                TArgMax.Write<Lanes1, float>(_argMax + (position * _channels) + c, index);
            }
        }
    }

    // The first NaN, or else the first of the largest.
    private int IndexOf(in MaxWindow window, int c)
    {
        int bestIndex = window.Index;
        float best = Value(window, 0, 0, c);
        for (int i = 0; i < window.Height; i++)
        {
            for (int j = 0; j < window.Width; j++)
            {
                float v = Value(window, i, j, c);
                if (!float.IsNaN(best) && (v > best || float.IsNaN(v)))
                    (best, bestIndex) = (v, window.Index + (i * _horizontal.Window) + j);
            }
        }

        return bestIndex;
    }

    private float Value(in MaxWindow window, int i, int j, int c) =>
        input.Apply(input.MapOf<Lanes1, float>(c), window.Source[(i * window.Line) + ((nint)j * _channels) + c]);
}

/// <summary>The real pixels of one window.</summary>
/// <param name="source">The first of them.</param>
/// <param name="line">Floats from one row of the image to the next.</param>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
/// <param name="index">Index of the first pixel within the whole window, counted along its rows.</param>
internal readonly unsafe struct MaxWindow(float* source, nint line, int height, int width, int index)
{
    public float* Source { get; } = source;
    public nint Line { get; } = line;
    public int Height { get; } = height;
    public int Width { get; } = width;
    public int Index { get; } = index;
}

/// <summary>Whether the index of the largest value is kept, for the gradient.</summary>
internal unsafe interface IArgMax
{
    /// <summary><paramref name="index"/> where <paramref name="value"/> exceeds <paramref name="best"/>.</summary>
    static abstract TVec Choose<TLanes, TVec>(TVec value, TVec best, TVec index, TVec bestIndex)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;

    /// <summary>Writes the indices of one register.</summary>
    static abstract void Write<TLanes, TVec>(byte* argMax, TVec index)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Inference needs no indices.</summary>
internal readonly unsafe struct NoArgMax : IArgMax
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVec IArgMax.Choose<TLanes, TVec>(TVec value, TVec best, TVec index, TVec bestIndex) => bestIndex;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IArgMax.Write<TLanes, TVec>(byte* argMax, TVec index) { }
}

/// <summary>One byte per output.</summary>
internal readonly unsafe struct KeepArgMax : IArgMax
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static TVec IArgMax.Choose<TLanes, TVec>(TVec value, TVec best, TVec index, TVec bestIndex) =>
        TLanes.SelectGreater(value, best, index, bestIndex);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IArgMax.Write<TLanes, TVec>(byte* argMax, TVec index) => ByteLanes.Store(argMax, index);
}
