using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>One row of outputs, from each pixel's window.</summary>
internal readonly unsafe struct DepthwiseForwardPass<TEpilogue>(
    DepthwiseGeometry geometry,
    TEpilogue epilogue,
    DepthwiseOperands operands
) : IColumnPass
    where TEpilogue : struct, IDepthwiseEpilogue
{
    private readonly float* _x = operands.Source;
    private readonly float* _weights = operands.Weights;
    private readonly float* _y = operands.Target;
    private readonly int _yStride = operands.TargetStride;

    [MethodImpl(HotMethods.Loop)]
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
        float* y = _y + ((nint)row * geometry.Horizontal.Output * _yStride);
        // A few channels of all pixels before the next ones: their weights stay in the first-level cache.
        int c = column;
        for (; geometry.Multiplier == 1 && c + (4 * TLanes.Count) <= end; c += 4 * TLanes.Count)
        {
            for (int ox = 0; ox < geometry.Horizontal.Output; ox++)
            {
                WindowPosition position = Place(source, tap, ox);
                FourWindows<TLanes, TVec>(
                    position.Source + c,
                    line,
                    position.Weights,
                    c,
                    height,
                    position.Width,
                    y + ((nint)ox * _yStride)
                );
            }
        }

        for (; c < end; c += TLanes.Count)
        {
            for (int ox = 0; ox < geometry.Horizontal.Output; ox++)
            {
                WindowPosition position = Place(source, tap, ox);
                float* from = position.Source + (c / geometry.Multiplier);
                TVec sum = Window<TLanes, TVec>(from, line, position.Weights + c, height, position.Width);
                epilogue.Write<TLanes, TVec>(y + ((nint)ox * _yStride) + c, sum, c);
            }
        }

        return end;
    }

    // Where the window of an output begins in the source and in the weights, and how many of its columns are in the image.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WindowPosition Place(float* source, int tap, int ox)
    {
        int x0 = geometry.Horizontal.First(ox);
        return new WindowPosition(
            source + ((nint)x0 * geometry.Inputs),
            _weights + ((nint)(tap + x0 - geometry.Horizontal.Start(ox)) * geometry.Outputs),
            geometry.Horizontal.End(ox) - x0
        );
    }

    // Four registers of channels beside each other: one sum alone waits for each of its additions.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FourWindows<TLanes, TVec>(
        float* from,
        nint line,
        float* weights,
        int c,
        int height,
        int width,
        float* y
    )
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint outputs = geometry.Outputs,
            inputs = geometry.Inputs,
            weightLine = geometry.Horizontal.Window * outputs;
        int lanes = TLanes.Count;
        float* weight = weights + c;
        TVec first = TLanes.Zero,
            second = TLanes.Zero,
            third = TLanes.Zero,
            fourth = TLanes.Zero;
        for (int i = 0; i < height; i++, from += line, weight += weightLine)
        {
            float* p = from;
            float* w = weight;
            for (int j = 0; j < width; j++, p += inputs, w += outputs)
            {
                first = TLanes.MultiplyAdd(TLanes.Load(p), TLanes.Load(w), first);
                second = TLanes.MultiplyAdd(TLanes.Load(p + lanes), TLanes.Load(w + lanes), second);
                third = TLanes.MultiplyAdd(TLanes.Load(p + (2 * lanes)), TLanes.Load(w + (2 * lanes)), third);
                fourth = TLanes.MultiplyAdd(TLanes.Load(p + (3 * lanes)), TLanes.Load(w + (3 * lanes)), fourth);
            }
        }

        epilogue.Write<TLanes, TVec>(y + c, first, c);
        epilogue.Write<TLanes, TVec>(y + c + lanes, second, c + lanes);
        epilogue.Write<TLanes, TVec>(y + c + (2 * lanes), third, c + (2 * lanes));
        epilogue.Write<TLanes, TVec>(y + c + (3 * lanes), fourth, c + (3 * lanes));
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

    private readonly struct WindowPosition(float* source, float* weights, int width)
    {
        public readonly float* Source = source;
        public readonly float* Weights = weights;
        public readonly int Width = width;
    }
}

/// <summary>What becomes of a finished sum of a depthwise convolution.</summary>
internal unsafe interface IDepthwiseEpilogue
{
    /// <summary>Takes the sums of the channels from <paramref name="channel"/> on.</summary>
    void Write<TLanes, TVec>(float* destination, TVec sum, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>The sum itself, in place of what was there or added to it.</summary>
internal readonly unsafe struct DepthwiseSum<TStore> : IDepthwiseEpilogue
    where TStore : struct, IStore
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void IDepthwiseEpilogue.Write<TLanes, TVec>(float* destination, TVec sum, int channel) =>
        TStore.Store<TLanes, TVec>(destination, sum);
}

/// <summary>g(sum + bias).</summary>
internal readonly unsafe struct DepthwiseBias<TAct>(TAct act, float* bias) : IDepthwiseEpilogue
    where TAct : struct, IActivation
{
    private readonly float* _bias = bias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void IDepthwiseEpilogue.Write<TLanes, TVec>(float* destination, TVec sum, int channel) =>
        TLanes.Store(destination, act.Forward<TLanes, TVec>(TLanes.Add(sum, TLanes.Load(_bias + channel))));
}
