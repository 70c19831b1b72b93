namespace Evenkeel.Kernels.Convolution;

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
