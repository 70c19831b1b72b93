using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Pooling;

namespace Evenkeel.Kernels.Convolution.Depthwise;

/// <summary>A depthwise convolution's sizes, checked.</summary>
internal readonly struct DepthwiseGeometry
{
    /// <summary>Checks a shape whose every input channel is a group of its own.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public DepthwiseGeometry(in ConvolutionShape shape, int batch)
        : this(shape, batch, 1)
    {
        if (shape.Groups != shape.InputChannels)
            throw new ArgumentException(
                $"A depthwise convolution has one group per input channel, not {shape.Groups} for {shape.InputChannels}."
            );
    }

    private DepthwiseGeometry(in ConvolutionShape shape, int batch, int groupChannels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        shape.Validate();
        (Batch, GroupChannels) = (batch, groupChannels);
        Vertical = new(shape.Height, shape.OutputHeight, shape.KernelHeight, shape.StrideY, shape.PadTop);
        Horizontal = new(shape.Width, shape.OutputWidth, shape.KernelWidth, shape.StrideX, shape.PadLeft);
        Inputs = shape.InputChannels;
        Outputs = shape.OutputChannels;
        if (
            batch * Math.Max((long)Vertical.Input * Horizontal.Input, (long)Vertical.Output * Horizontal.Output)
            > int.MaxValue
        )
            throw new ArgumentException($"{batch} images of this size have too many positions; use less.");
    }

    /// <summary>The sizes of a shape whose groups have several channels, as many outputs as inputs.</summary>
    /// <exception cref="ArgumentException">The shape is impossible.</exception>
    public static DepthwiseGeometry OfGroups(in ConvolutionShape shape, int batch) =>
        new(shape, batch, shape.GroupInputs);

    /// <summary>Input channels that an output channel sees.</summary>
    public int GroupChannels { get; }

    /// <summary>Images.</summary>
    public int Batch { get; }

    /// <summary>The kernel's way down an image.</summary>
    public PoolingAxis Vertical { get; }

    /// <summary>The kernel's way along a row.</summary>
    public PoolingAxis Horizontal { get; }

    /// <summary>Input channels.</summary>
    public int Inputs { get; }

    /// <summary>Output channels.</summary>
    public int Outputs { get; }

    /// <summary>Output channels of every input channel.</summary>
    public int Multiplier => Outputs / Inputs;

    /// <summary>Taps of the kernel.</summary>
    public int Taps => Vertical.Window * Horizontal.Window;

    /// <summary>Where channels map one to one, registers of them do; otherwise they are taken one at a time.</summary>
    public int WidthOf(int widest) => Multiplier == 1 ? widest : 1;

    /// <summary>The lengths of what a kernel is given.</summary>
    public void CheckLengths(int input, int weights, int output, int outputStride)
    {
        PoolingArguments.CheckLength((long)Batch * Vertical.Input * Horizontal.Input * Inputs, input, "input");
        PoolingArguments.CheckLength((long)Taps * Outputs, weights, "weights");
        MatrixArguments.CheckRows(Batch * Vertical.Output * Horizontal.Output, Outputs, outputStride, output, "output");
    }
}
