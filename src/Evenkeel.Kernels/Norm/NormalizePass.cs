using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Norm;

/// <summary>y = g((x - center) * scale + shift + residual), with one rounding after the difference and one per sum.</summary>
internal readonly unsafe struct NormalizePass<TAct, TResidual, TStore>(
    TAct act,
    TResidual residual,
    float* x,
    float* y,
    int stride,
    int yStride,
    in NormWorkspace workspace
) : IColumnPass
    where TAct : struct, IActivation
    where TResidual : struct, IResidual
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
        nint output = (nint)row * yStride;
        for (; column + (4 * TLanes.Count) <= columns; column += 4 * TLanes.Count)
            Four<TLanes, TVec>(start + column, _y + output + column, rows, column);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(start + column, _y + output + column, rows, column);
        return column;
    }

    [MethodImpl(HotMethods.Loop)]
    private void Four<TLanes, TVec>(nint at, float* q, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        nint step = stride;
        nint outputStep = yStride;
        var c0 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        var c1 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + w);
        var c2 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (2 * w));
        var c3 = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column + (3 * w));
        for (int i = 0; i < rows; i++, at += step, q += outputStep)
        {
            Prefetch.Four<TLanes, TVec>(_x + at, step);
            TVec y0 = Of(c0, at);
            TVec y1 = Of(c1, at + w);
            TVec y2 = Of(c2, at + (2 * w));
            TVec y3 = Of(c3, at + (3 * w));
            TStore.Store<TLanes, TVec>(q, y0);
            TStore.Store<TLanes, TVec>(q + w, y1);
            TStore.Store<TLanes, TVec>(q + (2 * w), y2);
            TStore.Store<TLanes, TVec>(q + (3 * w), y3);
        }
    }

    [MethodImpl(HotMethods.Loop)]
    private void One<TLanes, TVec>(nint at, float* q, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint step = stride;
        nint outputStep = yStride;
        var c = Affine<TLanes, TVec>.Load(_center, _scale, _shift, column);
        for (int i = 0; i < rows; i++, at += step, q += outputStep)
            TStore.Store<TLanes, TVec>(q, Of(c, at));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Of<TLanes, TVec>(in Affine<TLanes, TVec> affine, nint at)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        act.Forward<TLanes, TVec>(residual.Plus<TLanes, TVec>(affine.Apply(TLanes.Load(_x + at)), at));
}

/// <summary>What is added between a normalisation and its activation.</summary>
internal interface IResidual
{
    /// <summary><paramref name="value"/> plus the residuals of the elements from <paramref name="at"/> on.</summary>
    TVec Plus<TLanes, TVec>(TVec value, nint at)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>No residual.</summary>
internal readonly struct NoResidual : IResidual
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IResidual.Plus<TLanes, TVec>(TVec value, nint at) => value;
}

/// <summary>A matrix of the input's shape, as where a shortcut joins its branch.</summary>
internal readonly unsafe struct Residual(float* residual) : IResidual
{
    private readonly float* _residual = residual;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    TVec IResidual.Plus<TLanes, TVec>(TVec value, nint at) => TLanes.Add(value, TLanes.Load(_residual + at));
}
