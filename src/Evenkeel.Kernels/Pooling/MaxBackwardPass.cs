using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// The gradient of every pixel of a row: the sum of those of the windows whose maximum it is. Every pixel asks the few windows above
/// it, in order, so nothing is written twice.
/// </summary>
internal readonly unsafe struct MaxBackwardPass<TAccumulate>(
    in PoolingShape shape,
    float* dy,
    int dyStride,
    byte* argMax,
    float* dx
) : IColumnPass
    where TAccumulate : struct, IAccumulate
{
    private readonly PoolingAxis _vertical = shape.Vertical;
    private readonly PoolingAxis _horizontal = shape.Horizontal;
    private readonly int _channels = shape.Channels;
    private readonly float* _dy = dy;
    private readonly byte* _argMax = argMax;
    private readonly float* _dx = dx;

    [MethodImpl(HotMethods.Loop)]
    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int end = columns - ((columns - column) % TLanes.Count);
        if (end == column)
            return column;
        (int image, int iy) = Math.DivRem(row, _vertical.Input);
        int first = _vertical.FirstWindow(iy);
        int last = _vertical.EndWindow(iy);
        float* dx = _dx + ((nint)row * _horizontal.Input * _channels);
        for (int ix = 0; ix < _horizontal.Input; ix++, dx += _channels)
        {
            var windows = new Windows(
                ((nint)image * _vertical.Output) + first,
                last - first,
                _horizontal.FirstWindow(ix),
                _horizontal.EndWindow(ix),
                ((iy - _vertical.Start(first)) * _horizontal.Window) + ix
            );
            for (int c = column; c < end; c += TLanes.Count)
                TAccumulate.Write<TLanes, TVec>(dx + c, Gather<TLanes, TVec>(windows, c));
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Gather<TLanes, TVec>(in Windows windows, int c)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec sum = TLanes.Zero;
        int rowIndex = windows.Index;
        for (int i = 0; i < windows.Rows; i++, rowIndex -= _vertical.Stride * _horizontal.Window)
        {
            nint position = ((windows.Row + i) * _horizontal.Output) + windows.First;
            for (int ox = windows.First; ox < windows.End; ox++, position++)
            {
                int index = rowIndex - _horizontal.Start(ox);
                TVec d = TLanes.Load(_dy + (position * dyStride) + c);
                d = ByteLanes.WhereEqual(_argMax + (position * _channels) + c, index, d);
                sum = TLanes.Add(sum, d);
            }
        }

        return sum;
    }

    // The windows that cover a pixel: rows of them from Row on (through the batch), columns First to End; Index is the
    // pixel's index in the first row of them if they began at column 0.
    private readonly record struct Windows(nint Row, int Rows, int First, int End, int Index);
}
