using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>One row of input gradients: every pixel gathers from the outputs whose windows cover it.</summary>
internal readonly unsafe struct DepthwiseInputPass<TStore>(
    DepthwiseGeometry geometry,
    float* dy,
    float* weights,
    float* dx
) : IColumnPass
    where TStore : struct, IStore
{
    private readonly float* _dy = dy;
    private readonly float* _weights = weights;
    private readonly float* _dx = dx;

    [MethodImpl(HotMethods.Loop)]
    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int end = columns - ((columns - column) % TLanes.Count);
        if (end == column)
            return column;
        (int image, int iy) = Math.DivRem(row, geometry.Vertical.Input);
        int first = geometry.Vertical.FirstWindow(iy);
        int last = geometry.Vertical.EndWindow(iy);
        float* dx = _dx + ((nint)row * geometry.Horizontal.Input * geometry.Inputs);
        nint outputRow = ((nint)image * geometry.Vertical.Output) + first;
        int tapRow = (iy - geometry.Vertical.Start(first)) * geometry.Horizontal.Window;
        for (int ix = 0; ix < geometry.Horizontal.Input; ix++, dx += geometry.Inputs)
        {
            int left = geometry.Horizontal.FirstWindow(ix);
            var windows = new Windows(
                _dy + (((outputRow * geometry.Horizontal.Output) + left) * geometry.Outputs),
                last - first,
                geometry.Horizontal.EndWindow(ix) - left,
                _weights + ((nint)(tapRow + ix - geometry.Horizontal.Start(left)) * geometry.Outputs)
            );
            for (int c = column; c < end; c += TLanes.Count)
                TStore.Store<TLanes, TVec>(dx + c, Gather<TLanes, TVec>(windows, c * geometry.Multiplier));
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Gather<TLanes, TVec>(in Windows windows, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        // From one window to the next the tap moves against the window by its stride.
        nint outputs = geometry.Outputs;
        nint line = geometry.Horizontal.Output * outputs;
        nint tap = geometry.Horizontal.Stride * outputs;
        nint tapLine = (nint)geometry.Vertical.Stride * geometry.Horizontal.Window * outputs;
        int multiplier = geometry.Multiplier;
        TVec sum = TLanes.Zero;
        for (int i = 0; i < windows.Rows; i++)
        {
            float* dy = windows.Dy + (i * line) + channel;
            float* w = windows.Weights - (i * tapLine) + channel;
            for (int j = 0; j < windows.Columns; j++, dy += outputs, w -= tap)
            {
                for (int m = 0; m < multiplier; m++)
                    sum = TLanes.MultiplyAdd(TLanes.Load(dy + m), TLanes.Load(w + m), sum);
            }
        }

        return sum;
    }

    // The windows that cover a pixel: where the first one's gradient and its tap lie, and how many there are.
    private readonly struct Windows(float* dy, int rows, int columns, float* weights)
    {
        public float* Dy { get; } = dy;
        public int Rows { get; } = rows;
        public int Columns { get; } = columns;
        public float* Weights { get; } = weights;
    }
}
