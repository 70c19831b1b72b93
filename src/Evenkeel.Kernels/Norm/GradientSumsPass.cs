using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

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
        for (; column + (2 * TLanes.Count) <= columns; column += 2 * TLanes.Count)
            Two<TLanes, TVec>(start + column, output + column, rows, column);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(start + column, output + column, rows, column);
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Two<TLanes, TVec>(nint at, nint output, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        nint step = stride;
        nint outputStep = _outputStride;
        TAct g = act;
        float* x = _x;
        float* y = _y;
        float* dy = _dy;
        float* dx = _dx;
        var c0 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        var c1 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + w);
        TVec s0 = TLanes.Zero;
        TVec s1 = TLanes.Zero;
        TVec q0 = TLanes.Zero;
        TVec q1 = TLanes.Zero;
        for (int i = 0; i < rows; i++, at += step, output += outputStep)
        {
            TVec x0 = c0.Centered(TLanes.Load(x + at));
            TVec x1 = c1.Centered(TLanes.Load(x + at + w));
            TVec d0 = PreGradient<TAct, TLanes, TVec>.Of(g, c0, x0, y + output, dy + output);
            TVec d1 = PreGradient<TAct, TLanes, TVec>.Of(g, c1, x1, y + output + w, dy + output + w);
            TSink.Write<TLanes, TVec>(dx + at, c0.Scale, d0);
            TSink.Write<TLanes, TVec>(dx + at + w, c1.Scale, d1);
            s0 = TLanes.Add(s0, d0);
            s1 = TLanes.Add(s1, d1);
            q0 = TLanes.MultiplyAdd(d0, x0, q0);
            q1 = TLanes.MultiplyAdd(d1, x1, q1);
        }

        TLanes.Store(_sums + column, s0);
        TLanes.Store(_sums + column + w, s1);
        TLanes.Store(_products + column, q0);
        TLanes.Store(_products + column + w, q1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
            TVec d = PreGradient<TAct, TLanes, TVec>.Of(g, c, x, _y + output, _dy + output);
            TSink.Write<TLanes, TVec>(_dx + at, c.Scale, d);
            s = TLanes.Add(s, d);
            q = TLanes.MultiplyAdd(d, x, q);
        }

        TLanes.Store(_sums + column, s);
        TLanes.Store(_products + column, q);
    }
}
