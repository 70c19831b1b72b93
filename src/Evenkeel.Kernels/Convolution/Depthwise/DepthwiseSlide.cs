using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>
/// A 3 x 3 kernel that moves a pixel at a time, or two: target (y, x) is the sum over j, i of weight (j, i) times source
/// (stride y + <paramref name="OffsetY"/> + j, stride x + <paramref name="OffsetX"/> + i). With a stride of 1 the gradient with respect to the
/// input is one as well, with the weights turned round.
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
    /// <summary>Whether a convolution is of this kind, and moves so many pixels along both axes.</summary>
    public static bool Fits(in DepthwiseGeometry geometry, int stride) =>
        geometry is { Multiplier: 1, Vertical.Window: 3, Horizontal.Window: 3 }
        && geometry.Vertical.Stride == stride
        && geometry.Horizontal.Stride == stride;

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

/// <summary>How a 3 x 3 kernel moves along a row of targets.</summary>
internal unsafe interface IDepthwiseStride
{
    /// <summary>Pixels of the source from one target to the next, along both axes.</summary>
    static abstract int Pixels { get; }

    /// <summary>Computes one register of channels of all targets of a row.</summary>
    static abstract void Along<TEpilogue, TLanes, TVec>(in DepthwiseSlideRow row, TEpilogue epilogue)
        where TEpilogue : struct, IDepthwiseEpilogue
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>A row of targets, from the first of a register of channels on, with what it sees and the weights of these channels.</summary>
internal readonly unsafe struct DepthwiseSlideRow(
    in DepthwiseSlide slide,
    in ThreeRows source,
    float* to,
    nint step,
    float* weights,
    int channel
)
{
    private readonly DepthwiseSlide _slide = slide;
    private readonly ThreeRows _source = source;

    /// <summary>The kernel.</summary>
    public DepthwiseSlide Slide => _slide;

    /// <summary>The rows that the targets see.</summary>
    public ThreeRows Source => _source;

    /// <summary>The first target.</summary>
    public float* To => to;

    /// <summary>Floats from one target to the next.</summary>
    public nint Step => step;

    /// <summary>The first of the channels.</summary>
    public int Channel => channel;

    /// <summary>The weight at a position of the kernel, 0 to 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec Weight<TLanes, TVec>(int position)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.Load(weights + (position * _slide.WeightStep));
}

/// <summary>One row of targets, a register of channels at a time along the row.</summary>
internal readonly unsafe struct DepthwiseSlidePass<TEpilogue, TStride>(
    DepthwiseSlide slide,
    TEpilogue epilogue,
    DepthwiseOperands operands,
    float* zeros
) : IColumnPass
    where TEpilogue : struct, IDepthwiseEpilogue
    where TStride : struct, IDepthwiseStride
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
                (TStride.Pixels * y) + slide.OffsetY,
                column,
                _zeros
            );
            var targets = new DepthwiseSlideRow(slide, three, to + column, _targetStride, _weights + column, column);
            TStride.Along<TEpilogue, TLanes, TVec>(targets, epilogue);
        }

        return column;
    }
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
