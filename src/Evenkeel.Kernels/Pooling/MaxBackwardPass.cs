using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// The gradient of every pixel of a row: the sum of those of the windows whose maximum it is. Every pixel asks the few windows above
/// it, in order, so nothing is written twice.
/// </summary>
internal readonly unsafe struct MaxBackwardPass<TStore>(
    in PoolingShape shape,
    float* dy,
    int dyStride,
    byte* argMax,
    float* dx
) : IColumnPass
    where TStore : struct, IStore
{
    // As many as a byte can number the pixels of a window.
    private const int MostWindows = 256;

    private readonly PoolingAxis _vertical = shape.Vertical;
    private readonly PoolingAxis _horizontal = shape.Horizontal;
    private readonly int _channels = shape.Channels;
    private readonly float* _dy = dy;
    private readonly byte* _argMax = argMax;
    private readonly float* _dx = dx;

    [SkipLocalsInit]
    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int end = columns - ((columns - column) % TLanes.Count);
        if (end == column)
            return column;
        Covering* windows = stackalloc Covering[MostWindows];
        float* dx = _dx + ((nint)row * _horizontal.Input * _channels);
        for (int ix = 0; ix < _horizontal.Input; ix++, dx += _channels)
            Sum<TLanes, TVec>(windows, Find(row, ix, windows), dx, column, end);
        return end;
    }

    // The windows that cover a pixel, in order.
    private int Find(int row, int ix, Covering* windows)
    {
        (int image, int iy) = Math.DivRem(row, _vertical.Input);
        int count = 0,
            firstColumn = _horizontal.FirstWindow(ix),
            endColumn = _horizontal.EndWindow(ix);
        for (int oy = _vertical.FirstWindow(iy); oy < _vertical.EndWindow(iy); oy++)
        {
            nint line = (((nint)image * _vertical.Output) + oy) * _horizontal.Output;
            int index = ((iy - _vertical.Start(oy)) * _horizontal.Window) + ix;
            for (int ox = firstColumn; ox < endColumn; ox++)
            {
                windows[count].Dy = _dy + ((line + ox) * dyStride);
                windows[count].ArgMax = _argMax + ((line + ox) * _channels);
                windows[count++].Index = index - _horizontal.Start(ox);
            }
        }

        return count;
    }

    // Four registers at a time, so that what is done for a window serves all of them.
    [MethodImpl(HotMethods.Loop)]
    private static void Sum<TLanes, TVec>(Covering* windows, int count, float* dx, int c, int end)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int w = TLanes.Count;
        for (; c + (4 * w) <= end; c += 4 * w)
        {
            TVec s0 = TLanes.Zero;
            TVec s1 = TLanes.Zero;
            TVec s2 = TLanes.Zero;
            TVec s3 = TLanes.Zero;
            for (int i = 0; i < count; i++)
            {
                s0 = TLanes.Add(s0, Of<TLanes, TVec>(windows + i, c));
                s1 = TLanes.Add(s1, Of<TLanes, TVec>(windows + i, c + w));
                s2 = TLanes.Add(s2, Of<TLanes, TVec>(windows + i, c + (2 * w)));
                s3 = TLanes.Add(s3, Of<TLanes, TVec>(windows + i, c + (3 * w)));
            }

            TStore.Store<TLanes, TVec>(dx + c, s0);
            TStore.Store<TLanes, TVec>(dx + c + w, s1);
            TStore.Store<TLanes, TVec>(dx + c + (2 * w), s2);
            TStore.Store<TLanes, TVec>(dx + c + (3 * w), s3);
        }

        for (; c < end; c += w)
        {
            TVec sum = TLanes.Zero;
            for (int i = 0; i < count; i++)
                sum = TLanes.Add(sum, Of<TLanes, TVec>(windows + i, c));
            TStore.Store<TLanes, TVec>(dx + c, sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Of<TLanes, TVec>(Covering* window, int c)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => ByteLanes.WhereEqual(window->ArgMax + c, window->Index, TLanes.Load(window->Dy + c));

    // A window that covers a pixel: its gradients, the indices of its maxima, and that of the pixel.
    private struct Covering
    {
        public float* Dy;
        public byte* ArgMax;
        public int Index;
    }
}
