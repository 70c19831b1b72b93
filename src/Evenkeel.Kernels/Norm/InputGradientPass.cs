using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>dx = scale * (d - meanGradient + (x - center) * slope), where d = dy * g'(.).</summary>
internal readonly unsafe struct InputGradientPass<TAct, TStore>(
    TAct act,
    GradientMatrices matrices,
    int stride,
    in NormWorkspace workspace
) : IColumnPass
    where TAct : struct, IActivation
    where TStore : struct, IStore
{
    private readonly float* _x = matrices.X;
    private readonly float* _y = matrices.Y;
    private readonly float* _dy = matrices.Dy;
    private readonly float* _dx = matrices.Dx;
    private readonly int _outputStride = matrices.OutputStride;
    private readonly float* _center = workspace.Center;
    private readonly float* _scale = workspace.Scale;
    private readonly float* _shift = workspace.Shift;
    private readonly float* _mean = workspace.MeanGradient;
    private readonly float* _slope = workspace.Slope;

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
    private static TVec Combine<TLanes, TVec>(TVec scale, TVec mean, TVec slope, TVec centered, TVec d)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.Multiply(TLanes.MultiplyAdd(centered, slope, TLanes.Subtract(d, mean)), scale);

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
        TVec m0 = TLanes.Load(_mean + column);
        TVec m1 = TLanes.Load(_mean + column + w);
        TVec k0 = TLanes.Load(_slope + column);
        TVec k1 = TLanes.Load(_slope + column + w);
        for (int i = 0; i < rows; i++, at += step, output += outputStep)
        {
            TVec x0 = c0.Centered(TLanes.Load(x + at));
            TVec x1 = c1.Centered(TLanes.Load(x + at + w));
            TVec d0 = PreGradient<TAct, TLanes, TVec>.Of(g, c0, x0, y + output, dy + output);
            TVec d1 = PreGradient<TAct, TLanes, TVec>.Of(g, c1, x1, y + output + w, dy + output + w);
            TStore.Store<TLanes, TVec>(dx + at, Combine<TLanes, TVec>(c0.Scale, m0, k0, x0, d0));
            TStore.Store<TLanes, TVec>(dx + at + w, Combine<TLanes, TVec>(c1.Scale, m1, k1, x1, d1));
        }
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
        TVec mean = TLanes.Load(_mean + column);
        TVec slope = TLanes.Load(_slope + column);
        for (int i = 0; i < rows; i++, at += step, output += outputStep)
        {
            TVec x = c.Centered(TLanes.Load(_x + at));
            TVec d = PreGradient<TAct, TLanes, TVec>.Of(g, c, x, _y + output, _dy + output);
            TStore.Store<TLanes, TVec>(_dx + at, Combine<TLanes, TVec>(c.Scale, mean, slope, x, d));
        }
    }
}
