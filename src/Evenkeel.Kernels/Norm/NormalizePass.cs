using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>y = g((x - center) * scale + shift), with one rounding after the difference.</summary>
internal readonly unsafe struct NormalizePass<TAct, TStore>(
    TAct act,
    float* x,
    float* y,
    int stride,
    in NormWorkspace workspace
) : IColumnPass
    where TAct : struct, IActivation
    where TStore : struct, IStore
{
    private readonly float* _x = x;
    private readonly float* _y = y;
    private readonly float* _center = workspace.Center;
    private readonly float* _scale = workspace.Scale;
    private readonly float* _shift = workspace.Shift;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint start = (nint)row * stride;
        for (; column + (4 * TLanes.Count) <= columns; column += 4 * TLanes.Count)
            Four<TLanes, TVec>(_x + start + column, _y + start + column, rows, column);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(_x + start + column, _y + start + column, rows, column);
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Four<TLanes, TVec>(float* p, float* q, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        nint step = stride;
        TAct g = act;
        var c0 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        var c1 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + w);
        var c2 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (2 * w));
        var c3 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (3 * w));
        for (int i = 0; i < rows; i++, p += step, q += step)
        {
            TVec y0 = g.Forward<TLanes, TVec>(c0.Apply(TLanes.Load(p)));
            TVec y1 = g.Forward<TLanes, TVec>(c1.Apply(TLanes.Load(p + w)));
            TVec y2 = g.Forward<TLanes, TVec>(c2.Apply(TLanes.Load(p + (2 * w))));
            TVec y3 = g.Forward<TLanes, TVec>(c3.Apply(TLanes.Load(p + (3 * w))));
            TStore.Store<TLanes, TVec>(q, y0);
            TStore.Store<TLanes, TVec>(q + w, y1);
            TStore.Store<TLanes, TVec>(q + (2 * w), y2);
            TStore.Store<TLanes, TVec>(q + (3 * w), y3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void One<TLanes, TVec>(float* p, float* q, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint step = stride;
        TAct g = act;
        var c = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        for (int i = 0; i < rows; i++, p += step, q += step)
            TStore.Store<TLanes, TVec>(q, g.Forward<TLanes, TVec>(c.Apply(TLanes.Load(p))));
    }
}
