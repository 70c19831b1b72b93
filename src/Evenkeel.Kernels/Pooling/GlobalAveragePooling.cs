using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Pooling;

/// <summary>The average of each channel over all positions of an image.</summary>
public static unsafe class GlobalAveragePooling
{
    /// <summary>
    /// y[b, c] = the average of x[b, p, c] over p. Blocks of 64 positions are summed first and then added up, which keeps
    /// the error of large images small.
    /// </summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="positions">Positions of an image, 1 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[batch, positions, channels].</param>
    /// <param name="y">Receives [batch, channels].</param>
    /// <exception cref="ArgumentException">A size does not fit, or memory overlaps.</exception>
    public static void Forward(
        WorkerPool pool,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        Check(pool, batch, positions, channels, x, y);
        Forward(pool, WidestLanes.Count, batch, positions, channels, x, y);
    }

    /// <summary>dx[b, p, c] = dy[b, c] / positions.</summary>
    /// <param name="pool">The threads to use; the result does not depend on their number.</param>
    /// <param name="batch">Images, 0 or more.</param>
    /// <param name="positions">Positions of an image, 1 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="dy">[batch, channels].</param>
    /// <param name="dx">Receives [batch, positions, channels].</param>
    /// <param name="accumulates">Whether the gradients are added to what dx holds.</param>
    /// <exception cref="ArgumentException">A size does not fit, or memory overlaps.</exception>
    public static void Backward(
        WorkerPool pool,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> dy,
        Span<float> dx,
        bool accumulates = false
    )
    {
        Check(pool, batch, positions, channels, dx, dy);
        if (accumulates)
            Backward<AddingStore>(pool, WidestLanes.Count, batch, positions, channels, dy, dx);
        else
            Backward<CachedStore>(pool, WidestLanes.Count, batch, positions, channels, dy, dx);
    }

    internal static void Forward(
        WorkerPool pool,
        int width,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> x,
        Span<float> y
    )
    {
        fixed (float* xs = x)
        fixed (float* ys = y)
        {
            var pass = new GlobalForwardPass(xs, ys, positions, channels);
            PoolingWork.RunAll(pool, pass, width, batch, positions, channels);
        }
    }

    internal static void Backward<TStore>(
        WorkerPool pool,
        int width,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> dy,
        Span<float> dx
    )
        where TStore : struct, IStore
    {
        fixed (float* dys = dy)
        fixed (float* dxs = dx)
        {
            var pass = new GlobalBackwardPass<TStore>(dys, dxs, positions, channels);
            PoolingWork.RunAll(pool, pass, width, batch, positions, channels);
        }
    }

    private static void Check(
        WorkerPool pool,
        int batch,
        int positions,
        int channels,
        ReadOnlySpan<float> images,
        ReadOnlySpan<float> averages
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(batch, channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        PoolingArguments.CheckLength((long)batch * positions * channels, images.Length, "image span");
        PoolingArguments.CheckLength((long)batch * channels, averages.Length, "span of averages");
        if (images.Overlaps(averages))
            throw new ArgumentException("The images and their averages overlap; use separate memory.");
    }
}

/// <summary>The averages of one image, four registers of channels at a time: memory is read in longer pieces than by one.</summary>
internal readonly unsafe struct GlobalForwardPass(float* x, float* y, int positions, int channels) : IColumnPass
{
    private const int BlockPositions = 64;

    private readonly float* _x = x;
    private readonly float* _y = y;

    [MethodImpl(HotMethods.Loop)]
    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* image = _x + ((nint)row * positions * channels);
        float* averages = _y + ((nint)row * channels);
        for (; column + (4 * TLanes.Count) <= columns; column += 4 * TLanes.Count)
            Four<TLanes, TVec>(image + column, averages + column);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
            One<TLanes, TVec>(image + column, averages + column);
        return column;
    }

    private void Four<TLanes, TVec>(float* p, float* average)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        TVec count = TLanes.Splat(positions);
        TVec t0 = TLanes.Zero,
            t1 = t0,
            t2 = t0,
            t3 = t0;
        for (int done = 0; done < positions; done += BlockPositions)
        {
            TVec b0 = TLanes.Zero,
                b1 = b0,
                b2 = b0,
                b3 = b0;
            for (int i = Math.Min(BlockPositions, positions - done); i > 0; i--, p += channels)
            {
                b0 = TLanes.Add(b0, TLanes.Load(p));
                b1 = TLanes.Add(b1, TLanes.Load(p + w));
                b2 = TLanes.Add(b2, TLanes.Load(p + (2 * w)));
                b3 = TLanes.Add(b3, TLanes.Load(p + (3 * w)));
            }

            (t0, t1) = (TLanes.Add(t0, b0), TLanes.Add(t1, b1));
            (t2, t3) = (TLanes.Add(t2, b2), TLanes.Add(t3, b3));
        }

        TLanes.Store(average, TLanes.Divide(t0, count));
        TLanes.Store(average + w, TLanes.Divide(t1, count));
        TLanes.Store(average + (2 * w), TLanes.Divide(t2, count));
        TLanes.Store(average + (3 * w), TLanes.Divide(t3, count));
    }

    private void One<TLanes, TVec>(float* p, float* average)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec total = TLanes.Zero;
        for (int done = 0; done < positions; done += BlockPositions)
        {
            TVec block = TLanes.Zero;
            for (int i = Math.Min(BlockPositions, positions - done); i > 0; i--, p += channels)
                block = TLanes.Add(block, TLanes.Load(p));
            total = TLanes.Add(total, block);
        }

        TLanes.Store(average, TLanes.Divide(total, TLanes.Splat(positions)));
    }
}

/// <summary>The gradient of one image: every position gets the same share.</summary>
internal readonly unsafe struct GlobalBackwardPass<TStore>(float* dy, float* dx, int positions, int channels)
    : IColumnPass
    where TStore : struct, IStore
{
    private readonly float* _dy = dy;
    private readonly float* _dx = dx;

    [MethodImpl(HotMethods.Loop)]
    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        TVec count = TLanes.Splat(positions);
        float* image = _dx + ((nint)row * positions * channels);
        float* from = _dy + ((nint)row * channels);
        for (; column + (4 * w) <= columns; column += 4 * w)
        {
            TVec s0 = TLanes.Divide(TLanes.Load(from + column), count);
            TVec s1 = TLanes.Divide(TLanes.Load(from + column + w), count);
            TVec s2 = TLanes.Divide(TLanes.Load(from + column + (2 * w)), count);
            TVec s3 = TLanes.Divide(TLanes.Load(from + column + (3 * w)), count);
            float* p = image + column;
            for (int i = 0; i < positions; i++, p += channels)
            {
                TStore.Store<TLanes, TVec>(p, s0);
                TStore.Store<TLanes, TVec>(p + w, s1);
                TStore.Store<TLanes, TVec>(p + (2 * w), s2);
                TStore.Store<TLanes, TVec>(p + (3 * w), s3);
            }
        }

        for (; column + w <= columns; column += w)
        {
            TVec share = TLanes.Divide(TLanes.Load(from + column), count);
            float* p = image + column;
            for (int i = 0; i < positions; i++, p += channels)
                TStore.Store<TLanes, TVec>(p, share);
        }

        return column;
    }
}
