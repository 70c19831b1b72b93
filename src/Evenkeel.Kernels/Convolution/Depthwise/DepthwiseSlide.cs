using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>
/// A 3 x 3 kernel that moves one pixel at a time: target (y, x) is the sum over j, i of weight (j, i) times source
/// (y + <paramref name="OffsetY"/> + j, x + <paramref name="OffsetX"/> + i). The gradient with respect to the input is one as
/// well, with the weights turned round.
/// </summary>
/// <param name="SourceRows">Rows of a source image.</param>
/// <param name="SourceColumns">Columns of a source image.</param>
/// <param name="TargetRows">Rows of a target image.</param>
/// <param name="TargetColumns">Columns of a target image.</param>
/// <param name="OffsetY">Where the window of row 0 begins.</param>
/// <param name="OffsetX">Where the window of column 0 begins.</param>
/// <param name="Channels">Channels of both.</param>
/// <param name="FirstWeight">Where weight (0, 0) lies, in floats.</param>
/// <param name="WeightStep">From one weight to the next, in floats; three of them to the next row.</param>
internal readonly record struct DepthwiseSlide(
    int SourceRows,
    int SourceColumns,
    int TargetRows,
    int TargetColumns,
    int OffsetY,
    int OffsetX,
    int Channels,
    nint FirstWeight,
    nint WeightStep
)
{
    /// <summary>Whether a convolution is of this kind.</summary>
    public static bool Fits(in DepthwiseGeometry geometry) =>
        geometry is { Multiplier: 1, Vertical: { Window: 3, Stride: 1 }, Horizontal: { Window: 3, Stride: 1 } };

    /// <summary>From the input to the output.</summary>
    public static DepthwiseSlide Forward(in DepthwiseGeometry geometry) =>
        new(
            geometry.Vertical.Input,
            geometry.Horizontal.Input,
            geometry.Vertical.Output,
            geometry.Horizontal.Output,
            -geometry.Vertical.Pad,
            -geometry.Horizontal.Pad,
            geometry.Inputs,
            0,
            geometry.Inputs
        );

    /// <summary>From the gradient of the output to that of the input.</summary>
    public static DepthwiseSlide ToInput(in DepthwiseGeometry geometry) =>
        new(
            geometry.Vertical.Output,
            geometry.Horizontal.Output,
            geometry.Vertical.Input,
            geometry.Horizontal.Input,
            geometry.Vertical.Pad - 2,
            geometry.Horizontal.Pad - 2,
            geometry.Inputs,
            8 * (nint)geometry.Inputs,
            -geometry.Inputs
        );
}

/// <summary>
/// One row of targets, a register of channels at a time along the row: the nine weights and two unfinished sums stay in
/// registers, so every pixel of the source is read once per row of targets.
/// </summary>
internal readonly unsafe struct DepthwiseSlidePass<TEpilogue>(
    DepthwiseSlide slide,
    TEpilogue epilogue,
    DepthwiseOperands operands,
    float* zeros
) : IColumnPass
    where TEpilogue : struct, IDepthwiseEpilogue
{
    private readonly float* _source = operands.Source;
    private readonly float* _weights = operands.Weights + slide.FirstWeight;
    private readonly float* _target = operands.Target;
    private readonly int _targetStride = operands.TargetStride;
    private readonly float* _zeros = zeros;

    [MethodImpl(HotMethods.Loop)]
    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        (int image, int y) = Math.DivRem(row, slide.TargetRows);
        float* from = _source + ((nint)image * slide.SourceRows * slide.SourceColumns * slide.Channels);
        float* to = _target + ((nint)row * slide.TargetColumns * _targetStride);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
        {
            var three = new ThreeRows(
                from,
                slide.SourceRows,
                slide.SourceColumns,
                slide.Channels,
                y + slide.OffsetY,
                column,
                _zeros
            );
            Along<TLanes, TVec>(three, to + column, column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Dot<TLanes, TVec>(TVec x0, TVec x1, TVec x2, TVec w0, TVec w1, TVec w2)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.MultiplyAdd(x2, w2, TLanes.MultiplyAdd(x1, w1, TLanes.Multiply(x0, w0)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Along<TLanes, TVec>(in ThreeRows rows, float* to, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec w00 = Weight<TLanes, TVec>(0, channel);
        TVec w01 = Weight<TLanes, TVec>(1, channel);
        TVec w02 = Weight<TLanes, TVec>(2, channel);
        TVec w10 = Weight<TLanes, TVec>(3, channel);
        TVec w11 = Weight<TLanes, TVec>(4, channel);
        TVec w12 = Weight<TLanes, TVec>(5, channel);
        TVec w20 = Weight<TLanes, TVec>(6, channel);
        TVec w21 = Weight<TLanes, TVec>(7, channel);
        TVec w22 = Weight<TLanes, TVec>(8, channel);

        // What targets t and t + 1 have of the columns read so far.
        rows.Read<TLanes, TVec>(slide.OffsetX, out TVec x0, out TVec x1, out TVec x2);
        TVec near = Dot<TLanes, TVec>(x0, x1, x2, w00, w10, w20);
        rows.Read<TLanes, TVec>(slide.OffsetX + 1, out x0, out x1, out x2);
        near = TLanes.Add(near, Dot<TLanes, TVec>(x0, x1, x2, w01, w11, w21));
        TVec far = Dot<TLanes, TVec>(x0, x1, x2, w00, w10, w20);
        int s = slide.OffsetX + 2,
            columns = slide.SourceColumns;
        float* first = rows.First(s),
            second = rows.Second(s),
            third = rows.Third(s);
        nint targetStride = _targetStride;
        for (int end = s + slide.TargetColumns; s < end; s++, to += targetStride)
        {
            x0 = x1 = x2 = TLanes.Zero;
            if ((uint)s < (uint)columns)
            {
                x0 = TLanes.Load(first);
                x1 = TLanes.Load(second);
                x2 = TLanes.Load(third);
            }

            first += rows.FirstStep;
            second += rows.SecondStep;
            third += rows.ThirdStep;
            TVec sum = TLanes.Add(near, Dot<TLanes, TVec>(x0, x1, x2, w02, w12, w22));
            near = TLanes.Add(far, Dot<TLanes, TVec>(x0, x1, x2, w01, w11, w21));
            far = Dot<TLanes, TVec>(x0, x1, x2, w00, w10, w20);
            epilogue.Write<TLanes, TVec>(to, sum, channel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Weight<TLanes, TVec>(int position, int channel)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.Load(_weights + (position * slide.WeightStep) + channel);
}

/// <summary>
/// The weight gradients of one row of outputs of a 3 x 3 kernel that moves one pixel at a time: nine sums and the window of
/// inputs stay in registers along the row.
/// </summary>
internal readonly unsafe struct DepthwiseSlideWeights<TLanes, TVec>
    where TLanes : struct, ILanes<TVec>
    where TVec : unmanaged
{
    /// <summary>Adds the gradients of one register of channels to doubles.</summary>
    /// <param name="slide">From the input to the output.</param>
    /// <param name="rows">The three rows of the input, from the first of these channels on.</param>
    /// <param name="dy">The row of gradients, from the same channel on.</param>
    /// <param name="sums">[9, channels], from the same channel on.</param>
    [MethodImpl(HotMethods.Loop)]
    public static void Add(in DepthwiseSlide slide, in ThreeRows rows, float* dy, double* sums)
    {
        TVec s0 = TLanes.Zero;
        TVec s1 = TLanes.Zero;
        TVec s2 = TLanes.Zero;
        TVec s3 = TLanes.Zero;
        TVec s4 = TLanes.Zero;
        TVec s5 = TLanes.Zero;
        TVec s6 = TLanes.Zero;
        TVec s7 = TLanes.Zero;
        TVec s8 = TLanes.Zero;
        rows.Read<TLanes, TVec>(slide.OffsetX, out TVec a0, out TVec a1, out TVec a2);
        rows.Read<TLanes, TVec>(slide.OffsetX + 1, out TVec b0, out TVec b1, out TVec b2);
        for (int t = 0; t < slide.TargetColumns; t++, dy += slide.Channels)
        {
            rows.Read<TLanes, TVec>(t + slide.OffsetX + 2, out TVec c0, out TVec c1, out TVec c2);
            TVec d = TLanes.Load(dy);
            s0 = TLanes.MultiplyAdd(a0, d, s0);
            s1 = TLanes.MultiplyAdd(b0, d, s1);
            s2 = TLanes.MultiplyAdd(c0, d, s2);
            s3 = TLanes.MultiplyAdd(a1, d, s3);
            s4 = TLanes.MultiplyAdd(b1, d, s4);
            s5 = TLanes.MultiplyAdd(c1, d, s5);
            s6 = TLanes.MultiplyAdd(a2, d, s6);
            s7 = TLanes.MultiplyAdd(b2, d, s7);
            s8 = TLanes.MultiplyAdd(c2, d, s8);
            (a0, a1, a2) = (b0, b1, b2);
            (b0, b1, b2) = (c0, c1, c2);
        }

        nint channels = slide.Channels;
        TLanes.AddTo(sums, s0);
        TLanes.AddTo(sums + channels, s1);
        TLanes.AddTo(sums + (2 * channels), s2);
        TLanes.AddTo(sums + (3 * channels), s3);
        TLanes.AddTo(sums + (4 * channels), s4);
        TLanes.AddTo(sums + (5 * channels), s5);
        TLanes.AddTo(sums + (6 * channels), s6);
        TLanes.AddTo(sums + (7 * channels), s7);
        TLanes.AddTo(sums + (8 * channels), s8);
    }
}
