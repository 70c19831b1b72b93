namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Sizes of a two-dimensional convolution on images stored as [batch, height, width, channels], with weights
/// [kernel height, kernel width, input channels / groups, output channels]. Padding below and to the right is what the output
/// size asks for.
/// </summary>
public readonly record struct ConvolutionShape
{
    /// <summary>All strides 1, one group, no padding.</summary>
    public ConvolutionShape() { }

    /// <summary>Rows of an input image, 1 or more.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of an input image, 1 or more.</summary>
    public required int Width { get; init; }

    /// <summary>Channels of the input, 1 or more, a multiple of <see cref="Groups"/>.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Channels of the output, 1 or more, a multiple of <see cref="Groups"/>.</summary>
    public required int OutputChannels { get; init; }

    /// <summary>Rows of the kernel, 1 or more.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Columns of the kernel, 1 or more.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Input rows between the positions of the kernel, 1 or more.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Input columns between the positions of the kernel, 1 or more.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Rows of zeros above the image, 0 or more.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of zeros left of the image, 0 or more.</summary>
    public int PadLeft { get; init; }

    /// <summary>Rows of an output image, 1 or more.</summary>
    public required int OutputHeight { get; init; }

    /// <summary>Columns of an output image, 1 or more.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>Groups that channels are divided into; outputs of a group see the inputs of that group only.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether the groups are single channels: depthwise kernels compute them and read weights as they are.</summary>
    public bool IsDepthwise => Groups > 1 && Groups == InputChannels;

    /// <summary>Whether the strides are longer than the kernel, so that no output sees the inputs between.</summary>
    public bool LeavesInputsOut => KernelHeight < StrideY || KernelWidth < StrideX;

    /// <summary>Input channels that an output channel sees.</summary>
    public int GroupInputs => InputChannels / Groups;

    /// <summary>Output channels of a group.</summary>
    public int GroupOutputs => OutputChannels / Groups;

    /// <summary>Floats of the weights.</summary>
    public long Weights => (long)KernelHeight * KernelWidth * GroupInputs * OutputChannels;

    /// <summary>Floats of one input image.</summary>
    public long InputImage => (long)Height * Width * InputChannels;

    /// <summary>Positions of the kernel on one image.</summary>
    public long Positions => (long)OutputHeight * OutputWidth;

    /// <summary>Requires that every size is possible.</summary>
    /// <exception cref="ArgumentException">A size is below its least value, or the groups do not divide the channels.</exception>
    public void Validate()
    {
        AtLeast(1, Height, nameof(Height));
        AtLeast(1, Width, nameof(Width));
        AtLeast(1, InputChannels, nameof(InputChannels));
        AtLeast(1, OutputChannels, nameof(OutputChannels));
        AtLeast(1, KernelHeight, nameof(KernelHeight));
        AtLeast(1, KernelWidth, nameof(KernelWidth));
        AtLeast(1, StrideY, nameof(StrideY));
        AtLeast(1, StrideX, nameof(StrideX));
        AtLeast(0, PadTop, nameof(PadTop));
        AtLeast(0, PadLeft, nameof(PadLeft));
        AtLeast(1, OutputHeight, nameof(OutputHeight));
        AtLeast(1, OutputWidth, nameof(OutputWidth));
        AtLeast(1, Groups, nameof(Groups));
        if (InputChannels % Groups != 0 || OutputChannels % Groups != 0)
            throw new ArgumentException(
                $"A convolution of {InputChannels} to {OutputChannels} channels cannot have {Groups} groups; both must be multiples of the groups."
            );
    }

    private static void AtLeast(int least, int value, string name)
    {
        if (value < least)
            throw new ArgumentException($"A convolution's {name} must be {least} or more, not {value}.");
    }
}
