using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Norm;

/// <summary>Sums of d = dy * g'(.) and of d * (x - center) over one block of rows; d also goes to a sink.</summary>
internal readonly unsafe struct GradientSumsPass<TAct, TSink>(
    TAct act,
    GradientMatrices matrices,
    int stride,
    in NormWorkspace workspace,
    float* sums,
    float* products
) : IColumnPass
    where TAct : struct, IActivation
    where TSink : struct, IGradientSink
{
    private readonly float* _x = matrices.X;
    private readonly float* _y = matrices.Y;
    private readonly float* _dy = matrices.Dy;
    private readonly float* _dx = matrices.Dx;
    private readonly int _outputStride = matrices.OutputStride;
    private readonly float* _center = workspace.Center;
    private readonly float* _scale = workspace.Scale;
    private readonly float* _shift = workspace.Shift;
    private readonly float* _sums = sums;
    private readonly float* _products = products;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint start = (nint)row * stride;
        nint output = (nint)row * _outputStride;
        bool inOrder = stride == _outputStride && columns > 4 * TLanes.Count;
        for (; column + (4 * TLanes.Count) <= columns; column += 4 * TLanes.Count)
        {
            if (inOrder)
                Four<TLanes, TVec, RowsAhead>(
                    start + column,
                    output + column,
                    rows,
                    column,
                    RowsAhead.Of(_x + start, _dy + start, stride, rows, column)
                );
            else
                Four<TLanes, TVec, ColumnsAhead>(
                    start + column,
                    output + column,
                    rows,
                    column,
                    new ColumnsAhead(stride, _outputStride)
                );
        }

        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(start + column, output + column, rows, column);
        return column;
    }

    [MethodImpl(HotMethods.Loop)]
    private void Four<TLanes, TVec, TAhead>(nint at, nint output, int rows, int column, TAhead ahead)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
        where TAhead : struct, IMatricesAhead
    {
        int w = TLanes.Count;
        nint step = stride;
        TAct g = act;
        float* x = _x;
        float* y = _y;
        float* dy = _dy;
        float* dx = _dx;
        var c0 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        var c1 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + w);
        var c2 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (2 * w));
        var c3 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (3 * w));
        TVec s0 = TLanes.Zero;
        TVec s1 = TLanes.Zero;
        TVec s2 = TLanes.Zero;
        TVec s3 = TLanes.Zero;
        TVec q0 = TLanes.Zero;
        TVec q1 = TLanes.Zero;
        TVec q2 = TLanes.Zero;
        TVec q3 = TLanes.Zero;
        for (int i = 0; i < rows; i++, at += step, output += _outputStride)
        {
            ahead.Next<TLanes, TVec>(x + at, dy + output);
            TVec x0 = c0.Centered(TLanes.Load(x + at));
            TVec d0 = Gradient<TLanes, TVec>(g, c0, x0, y + output, dy + output, dx + at);
            s0 = TLanes.Add(s0, d0);
            q0 = TLanes.MultiplyAdd(d0, x0, q0);
            TVec x1 = c1.Centered(TLanes.Load(x + at + w));
            TVec d1 = Gradient<TLanes, TVec>(g, c1, x1, y + output + w, dy + output + w, dx + at + w);
            s1 = TLanes.Add(s1, d1);
            q1 = TLanes.MultiplyAdd(d1, x1, q1);
            TVec x2 = c2.Centered(TLanes.Load(x + at + (2 * w)));
            TVec d2 = Gradient<TLanes, TVec>(g, c2, x2, y + output + (2 * w), dy + output + (2 * w), dx + at + (2 * w));
            s2 = TLanes.Add(s2, d2);
            q2 = TLanes.MultiplyAdd(d2, x2, q2);
            TVec x3 = c3.Centered(TLanes.Load(x + at + (3 * w)));
            TVec d3 = Gradient<TLanes, TVec>(g, c3, x3, y + output + (3 * w), dy + output + (3 * w), dx + at + (3 * w));
            s3 = TLanes.Add(s3, d3);
            q3 = TLanes.MultiplyAdd(d3, x3, q3);
        }

        Write<TLanes, TVec>(column, s0, q0);
        Write<TLanes, TVec>(column + w, s1, q1);
        Write<TLanes, TVec>(column + (2 * w), s2, q2);
        Write<TLanes, TVec>(column + (3 * w), s3, q3);
    }

    [MethodImpl(HotMethods.Loop)]
    private void One<TLanes, TVec>(nint at, nint output, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint step = stride;
        nint outputStep = _outputStride;
        TAct g = act;
        var c = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        TVec s = TLanes.Zero;
        TVec q = TLanes.Zero;
        for (int i = 0; i < rows; i++, at += step, output += outputStep)
        {
            TVec x = c.Centered(TLanes.Load(_x + at));
            TVec d = Gradient<TLanes, TVec>(g, c, x, _y + output, _dy + output, _dx + at);
            s = TLanes.Add(s, d);
            q = TLanes.MultiplyAdd(d, x, q);
        }

        Write<TLanes, TVec>(column, s, q);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Gradient<TLanes, TVec>(
        TAct g,
        in Affine<TLanes, TVec> affine,
        TVec centered,
        float* y,
        float* dy,
        float* dx
    )
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec d = PreGradient<TAct, TLanes, TVec>.Of(g, affine, centered, y, dy);
        TSink.Write<TLanes, TVec>(dx, affine.Scale, d);
        return d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write<TLanes, TVec>(int column, TVec sum, TVec product)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TLanes.Store(_sums + column, sum);
        TLanes.Store(_products + column, product);
    }
}

/// <summary>What becomes of a gradient while it is summed.</summary>
internal unsafe interface IGradientSink
{
    /// <summary>Takes one register of the gradient before the activation.</summary>
    static abstract void Write<TLanes, TVec>(float* dx, TVec scale, TVec d)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Nothing: with batch statistics dx needs the sums first.</summary>
internal readonly unsafe struct SumsOnly : IGradientSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IGradientSink.Write<TLanes, TVec>(float* dx, TVec scale, TVec d) { }
}

/// <summary>dx = scale * d: the statistics are constants, so dx follows at once.</summary>
internal readonly unsafe struct ScaledGradient : IGradientSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IGradientSink.Write<TLanes, TVec>(float* dx, TVec scale, TVec d) =>
        TLanes.Store(dx, TLanes.Multiply(d, scale));
}

/// <summary>d itself: the gradient of what was added in front of the activation.</summary>
internal readonly unsafe struct KeptGradient : IGradientSink
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IGradientSink.Write<TLanes, TVec>(float* dx, TVec scale, TVec d) => TLanes.Store(dx, d);
}
