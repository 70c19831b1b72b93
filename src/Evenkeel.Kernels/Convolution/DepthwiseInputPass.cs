using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Pooling;

namespace Evenkeel.Kernels.Convolution;

/// <summary>One row of input gradients: every pixel gathers from the outputs whose windows cover it.</summary>
internal readonly unsafe struct DepthwiseInputPass<TTarget>(
    DepthwiseGeometry geometry,
    float* dy,
    float* weights,
    float* dx
) : IColumnPass
    where TTarget : struct, ITarget
{
    private readonly float* _dy = dy;
    private readonly float* _weights = weights;
    private readonly float* _dx = dx;

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
        for (int ix = 0; ix < geometry.Horizontal.Input; ix++, dx += geometry.Inputs)
        {
            for (int c = column; c < end; c += TLanes.Count)
            {
                TVec sum = TLanes.Zero;
                for (int oy = first; oy < last; oy++)
                {
                    int tapRow = (iy - geometry.Vertical.Start(oy)) * geometry.Horizontal.Window;
                    nint outputRow = ((nint)image * geometry.Vertical.Output) + oy;
                    sum = AddRow<TLanes, TVec>(sum, outputRow, tapRow, ix, c);
                }

                TTarget.Write<TLanes, TVec>(dx + c, sum);
            }
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec AddRow<TLanes, TVec>(TVec sum, nint outputRow, int tapRow, int ix, int c)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int multiplier = geometry.Multiplier;
        int end = geometry.Horizontal.EndWindow(ix);
        for (int ox = geometry.Horizontal.FirstWindow(ix); ox < end; ox++)
        {
            int tap = tapRow + ix - geometry.Horizontal.Start(ox);
            float* w = _weights + ((nint)tap * geometry.Outputs) + (c * multiplier);
            nint position = (outputRow * geometry.Horizontal.Output) + ox;
            float* dy = _dy + (position * geometry.Outputs) + (c * multiplier);
            for (int m = 0; m < multiplier; m++)
                sum = TLanes.FusedMultiplyAdd(TLanes.Load(dy + m), TLanes.Load(w + m), sum);
        }

        return sum;
    }
}
