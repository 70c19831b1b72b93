using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>
/// One row of outputs of a 3 x 3 kernel that moves two pixels at a time, a register of channels at a time along the row: the nine weights and what
/// an output has of the column that it shares with the one before stay in registers.
/// </summary>
internal readonly unsafe struct DepthwiseSlideByTwoPass<TEpilogue>(
    DepthwiseGeometry geometry,
    TEpilogue epilogue,
    DepthwiseOperands operands,
    float* zeros
) : IColumnPass
    where TEpilogue : struct, IDepthwiseEpilogue
{
    private readonly float* _source = operands.Source;
    private readonly float* _weights = operands.Weights;
    private readonly float* _target = operands.Target;
    private readonly int _targetStride = operands.TargetStride;
    private readonly float* _zeros = zeros;

    [MethodImpl(HotMethods.Loop)]
    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        (int image, int y) = Math.DivRem(row, geometry.Vertical.Output);
        nint images = (nint)geometry.Vertical.Input * geometry.Horizontal.Input * geometry.Inputs;
        float* to = _target + ((nint)row * geometry.Horizontal.Output * _targetStride);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
        {
            var three = new ThreeRows(
                _source + (image * images),
                geometry.Vertical.Input,
                geometry.Horizontal.Input,
                geometry.Inputs,
                geometry.Vertical.Start(y),
                column,
                _zeros
            );
            Along<TLanes, TVec>(three, to + column, column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Add<TLanes, TVec>(TVec sum, TVec x0, TVec x1, TVec x2, TVec w0, TVec w1, TVec w2)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.MultiplyAdd(x2, w2, TLanes.MultiplyAdd(x1, w1, TLanes.MultiplyAdd(x0, w0, sum)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Along<TLanes, TVec>(in ThreeRows rows, float* to, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec w00 = Weight<TLanes, TVec>(0, channel),
            w01 = Weight<TLanes, TVec>(1, channel),
            w02 = Weight<TLanes, TVec>(2, channel),
            w10 = Weight<TLanes, TVec>(3, channel),
            w11 = Weight<TLanes, TVec>(4, channel),
            w12 = Weight<TLanes, TVec>(5, channel),
            w20 = Weight<TLanes, TVec>(6, channel),
            w21 = Weight<TLanes, TVec>(7, channel),
            w22 = Weight<TLanes, TVec>(8, channel);
        int s = geometry.Horizontal.Start(0),
            last = geometry.Horizontal.Input - 3;
        nint line = (nint)geometry.Horizontal.Input * geometry.Inputs;
        rows.Read<TLanes, TVec>(s, out TVec x0, out TVec x1, out TVec x2);
        TVec sum = Add<TLanes, TVec>(TLanes.Zero, x0, x1, x2, w00, w10, w20);
        for (int x = 0; x < geometry.Horizontal.Output; x++, s += 2, to += _targetStride)
        {
            if (s >= 0 && s <= last)
            {
                rows.ReadInside<TLanes, TVec>(s + 1, out x0, out x1, out x2);
                sum = Add<TLanes, TVec>(sum, x0, x1, x2, w01, w11, w21);
                rows.ReadInside<TLanes, TVec>(s + 2, out x0, out x1, out x2);
            }
            else
            {
                rows.Read<TLanes, TVec>(s + 1, out x0, out x1, out x2);
                sum = Add<TLanes, TVec>(sum, x0, x1, x2, w01, w11, w21);
                rows.Read<TLanes, TVec>(s + 2, out x0, out x1, out x2);
            }

            Ask(rows.Third(s + 1) + line, line);
            epilogue.Write<TLanes, TVec>(to, Add<TLanes, TVec>(sum, x0, x1, x2, w02, w12, w22), channel);
            sum = Add<TLanes, TVec>(TLanes.Zero, x0, x1, x2, w00, w10, w20);
        }
    }

    // Two pixels of each of the two lines that the next row of outputs sees first; a register of wide pixels is no stream that the processor foresees.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ask(float* below, nint line)
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch1(below);
        Sse.Prefetch1(below + geometry.Inputs);
        Sse.Prefetch1(below + line);
        Sse.Prefetch1(below + line + geometry.Inputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Weight<TLanes, TVec>(int position, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.Load(_weights + ((nint)position * geometry.Inputs) + channel);
}
