using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>Sums of x - k and (x - k)^2 over one block of rows, with a reference value k per column.</summary>
internal readonly unsafe struct MomentsPass(float* x, int stride, float* reference, float* sums, float* squares)
    : IColumnPass
{
    private readonly float* _x = x;
    private readonly float* _reference = reference;
    private readonly float* _sums = sums;
    private readonly float* _squares = squares;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* from = _x + ((nint)row * stride);
        for (; column + (4 * TLanes.Count) <= columns; column += 4 * TLanes.Count)
            Four<TLanes, TVec>(from + column, rows, column);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(from + column, rows, column);
        return column;
    }

    [MethodImpl(HotMethods.Loop)]
    private void Four<TLanes, TVec>(float* p, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        nint step = stride;
        TVec k0 = TLanes.Load(_reference + column);
        TVec k1 = TLanes.Load(_reference + column + w);
        TVec k2 = TLanes.Load(_reference + column + (2 * w));
        TVec k3 = TLanes.Load(_reference + column + (3 * w));
        TVec s0 = TLanes.Zero;
        TVec s1 = TLanes.Zero;
        TVec s2 = TLanes.Zero;
        TVec s3 = TLanes.Zero;
        TVec q0 = TLanes.Zero;
        TVec q1 = TLanes.Zero;
        TVec q2 = TLanes.Zero;
        TVec q3 = TLanes.Zero;
        for (int i = 0; i < rows; i++, p += step)
        {
            TVec d0 = TLanes.Subtract(TLanes.Load(p), k0);
            TVec d1 = TLanes.Subtract(TLanes.Load(p + w), k1);
            TVec d2 = TLanes.Subtract(TLanes.Load(p + (2 * w)), k2);
            TVec d3 = TLanes.Subtract(TLanes.Load(p + (3 * w)), k3);
            s0 = TLanes.Add(s0, d0);
            s1 = TLanes.Add(s1, d1);
            s2 = TLanes.Add(s2, d2);
            s3 = TLanes.Add(s3, d3);
            q0 = TLanes.MultiplyAdd(d0, d0, q0);
            q1 = TLanes.MultiplyAdd(d1, d1, q1);
            q2 = TLanes.MultiplyAdd(d2, d2, q2);
            q3 = TLanes.MultiplyAdd(d3, d3, q3);
        }

        Write<TLanes, TVec>(column, s0, q0);
        Write<TLanes, TVec>(column + w, s1, q1);
        Write<TLanes, TVec>(column + (2 * w), s2, q2);
        Write<TLanes, TVec>(column + (3 * w), s3, q3);
    }

    [MethodImpl(HotMethods.Loop)]
    private void One<TLanes, TVec>(float* p, int rows, int column)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint step = stride;
        TVec k = TLanes.Load(_reference + column);
        TVec s = TLanes.Zero;
        TVec q = TLanes.Zero;
        for (int i = 0; i < rows; i++, p += step)
        {
            TVec d = TLanes.Subtract(TLanes.Load(p), k);
            s = TLanes.Add(s, d);
            q = TLanes.MultiplyAdd(d, d, q);
        }

        Write<TLanes, TVec>(column, s, q);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write<TLanes, TVec>(int column, TVec sum, TVec square)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TLanes.Store(_sums + column, sum);
        TLanes.Store(_squares + column, square);
    }
}

/// <summary>Moments of each tile.</summary>
internal readonly unsafe struct MomentsWork(NormPlan plan, float* x, NormWorkspace workspace) : IChunkWork
{
    public void Run(int chunk)
    {
        Tile tile = Tile.Of(plan, chunk);
        nint at = (nint)tile.Chunk * plan.Columns;
        TileMoments.Sum(
            x,
            plan.Width,
            tile,
            workspace.BlockReference + at,
            workspace.BlockFirst + at,
            workspace.BlockSecond + at,
            workspace.First + at,
            workspace.Second + at
        );
    }

    /// <summary>The rows that folding leaves over.</summary>
    public void Tail()
    {
        nint at = (nint)(plan.Partials - 1) * plan.Channels;
        TileMoments.Sum(
            x + plan.TailOffset,
            plan.Width,
            Tile.Tail(plan),
            workspace.BlockReference,
            workspace.BlockFirst,
            workspace.BlockSecond,
            workspace.First + at,
            workspace.Second + at
        );
    }
}
