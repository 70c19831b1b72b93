namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// A convolution over images of [height, width, channels] with weights [kernel height, kernel width, input channels / groups,
/// output channels]. Padding at the bottom and on the right follows from the output size.
/// </summary>
public readonly record struct ConvolutionShape
{
    /// <summary>A shape with strides of 1, one group and no padding, unless set.</summary>
    public ConvolutionShape() { }

    /// <summary>Rows of an input image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of an input image.</summary>
    public required int Width { get; init; }

    /// <summary>Channels of an input image.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Channels of an output image.</summary>
    public required int OutputChannels { get; init; }

    /// <summary>Rows of the kernel.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Columns of the kernel.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Rows of the input from one row of the output to the next.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Columns of the input from one column of the output to the next.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Rows of zeros above the input.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of zeros on the left of the input.</summary>
    public int PadLeft { get; init; }

    /// <summary>Rows of an output image.</summary>
    public required int OutputHeight { get; init; }

    /// <summary>Columns of an output image.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>Groups of channels that do not mix.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Requires sizes that make sense.</summary>
    /// <exception cref="ArgumentException">A size is not positive, or channels do not divide into the groups.</exception>
    public void Validate()
    {
        int smallest = Math.Min(
            Math.Min(Math.Min(Height, Width), Math.Min(InputChannels, OutputChannels)),
            Math.Min(Math.Min(KernelHeight, KernelWidth), Math.Min(OutputHeight, OutputWidth))
        );
        if (Math.Min(Math.Min(smallest, Groups), Math.Min(StrideY, StrideX)) < 1 || Math.Min(PadTop, PadLeft) < 0)
            throw new ArgumentException($"{this} has a size below 1 or a negative padding.");
        if (InputChannels % Groups != 0 || OutputChannels % Groups != 0)
        {
            throw new ArgumentException(
                $"{InputChannels} input and {OutputChannels} output channels do not divide into {Groups} groups."
            );
        }
    }
}
