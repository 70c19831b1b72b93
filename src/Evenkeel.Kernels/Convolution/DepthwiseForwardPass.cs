using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Convolution;

/// <summary>One row of outputs, from each pixel's window.</summary>
internal readonly unsafe struct DepthwiseForwardPass<TEpilogue>(
    DepthwiseGeometry geometry,
    TEpilogue epilogue,
    float* x,
    float* weights,
    float* y,
    int yStride
) : IColumnPass
    where TEpilogue : struct, IDepthwiseEpilogue
{
    private readonly float* _x = x;
    private readonly float* _weights = weights;
    private readonly float* _y = y;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int end = columns - ((columns - column) % TLanes.Count);
        if (end == column)
            return column;
        (int image, int oy) = Math.DivRem(row, geometry.Vertical.Output);
        int y0 = geometry.Vertical.First(oy);
        int height = geometry.Vertical.End(oy) - y0;
        nint line = (nint)geometry.Horizontal.Input * geometry.Inputs;
        float* source = _x + ((((nint)image * geometry.Vertical.Input) + y0) * line);
        int tap = (y0 - geometry.Vertical.Start(oy)) * geometry.Horizontal.Window;
        float* y = _y + ((nint)row * geometry.Horizontal.Output * yStride);
        for (int ox = 0; ox < geometry.Horizontal.Output; ox++, y += yStride)
        {
            int x0 = geometry.Horizontal.First(ox);
            int width = geometry.Horizontal.End(ox) - x0;
            float* from = source + ((nint)x0 * geometry.Inputs);
            float* w = _weights + ((nint)(tap + x0 - geometry.Horizontal.Start(ox)) * geometry.Outputs);
            for (int c = column; c < end; c += TLanes.Count)
            {
                TVec sum = Window<TLanes, TVec>(from + (c / geometry.Multiplier), line, w + c, height, width);
                epilogue.Write<TLanes, TVec>(y + c, sum, c);
            }
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Window<TLanes, TVec>(float* from, nint line, float* weights, int height, int width)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint outputs = geometry.Outputs;
        nint inputs = geometry.Inputs;
        nint weightLine = geometry.Horizontal.Window * outputs;
        TVec sum = TLanes.Zero;
        for (int i = 0; i < height; i++, from += line, weights += weightLine)
        {
            float* p = from;
            float* w = weights;
            for (int j = 0; j < width; j++, p += inputs, w += outputs)
                sum = TLanes.MultiplyAdd(TLanes.Load(p), TLanes.Load(w), sum);
        }

        return sum;
    }
}
