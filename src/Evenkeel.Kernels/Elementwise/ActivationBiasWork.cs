using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>The blocks of one chunk of rows, and their sums in double precision.</summary>
internal readonly unsafe struct ActivationBiasWork<TAct>(
    ActivationBiasPlan plan,
    ActivationBiasPass<TAct> pass,
    double* partials
) : IChunkWork
    where TAct : struct, IActivation
{
    public void Run(int chunk)
    {
        double* sums = partials + ((nint)chunk * plan.Channels);
        new Span<double>(sums, plan.Channels).Clear();
        ActivationBiasPass<TAct> mine = pass.Into(sums);
        int end = Math.Min(plan.Rows, (chunk + 1) * plan.ChunkRows);
        for (int row = chunk * plan.ChunkRows; row < end; row += ActivationBiasPlan.BlockRows)
        {
            int rows = Math.Min(ActivationBiasPlan.BlockRows, end - row);
            ColumnPass.Run(ref mine, plan.Width, row, rows, plan.Channels);
        }
    }
}

/// <summary>dz = dy * g'(y) over one block of rows, whose columns are added to doubles.</summary>
internal readonly unsafe struct ActivationBiasPass<TAct>(
    FromOutput<TAct> act,
    float* y,
    int yStride,
    float* dy,
    int dyStride,
    float* dz,
    int stride,
    double* sums = null
) : IColumnPass
    where TAct : struct, IActivation
{
    private readonly float* _y = y;
    private readonly float* _dy = dy;
    private readonly float* _dz = dz;
    private readonly double* _sums = sums;

    /// <summary>The same pass with the sums of a chunk.</summary>
    public ActivationBiasPass<TAct> Into(double* sums) => new(act, _y, yStride, _dy, dyStride, _dz, stride, sums);

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        for (; column + (2 * TLanes.Count) <= columns; column += 2 * TLanes.Count)
            Two<TLanes, TVec>(row, rows, column);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(row, rows, column);
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Two<TLanes, TVec>(int row, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* y = _y + ((nint)row * yStride) + column;
        float* dy = _dy + ((nint)row * dyStride) + column;
        float* dz = _dz + ((nint)row * stride) + column;
        TVec s0 = TLanes.Zero;
        TVec s1 = TLanes.Zero;
        for (int i = 0; i < rows; i++, y += yStride, dy += dyStride, dz += stride)
        {
            TVec d0 = Gradient<TLanes, TVec>(y, dy);
            TVec d1 = Gradient<TLanes, TVec>(y + TLanes.Count, dy + TLanes.Count);
            TLanes.Store(dz, d0);
            TLanes.Store(dz + TLanes.Count, d1);
            s0 = TLanes.Add(s0, d0);
            s1 = TLanes.Add(s1, d1);
        }

        TLanes.AddTo(_sums + column, s0);
        TLanes.AddTo(_sums + column + TLanes.Count, s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void One<TLanes, TVec>(int row, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* y = _y + ((nint)row * yStride) + column;
        float* dy = _dy + ((nint)row * dyStride) + column;
        float* dz = _dz + ((nint)row * stride) + column;
        TVec sum = TLanes.Zero;
        for (int i = 0; i < rows; i++, y += yStride, dy += dyStride, dz += stride)
        {
            TVec d = Gradient<TLanes, TVec>(y, dy);
            TLanes.Store(dz, d);
            sum = TLanes.Add(sum, d);
        }

        TLanes.AddTo(_sums + column, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Gradient<TLanes, TVec>(float* y, float* dy)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => Slope<FromOutput<TAct>, TLanes, TVec>(act, TLanes.Load(y), TLanes.Load(dy));

    // Interface members of a generic struct are reached through a type parameter without boxing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Slope<T, TLanes, TVec>(T g, TVec y, TVec dy)
        where T : struct, IActivation
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => g.Gradient<TLanes, TVec>(y, dy);
}
