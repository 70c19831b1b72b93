using Evenkeel.Graphs;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// Transposed convolution over [height, width, channels]: the gradient of a convolution with respect to its input, as a layer.
/// Weights are stored [kernel height, kernel width, filters per group, channels] and written to files as [channels, filters per
/// group, kernel height, kernel width].
/// </summary>
/// <param name="Filters">Channels made, 1 or more.</param>
/// <param name="Window">Kernel, step between the places where it is put, and what is cut off at each side.</param>
/// <param name="Bias">Whether a bias is added.</param>
public sealed record ConvTranspose2d(int Filters, Window Window, bool Bias = true)
    : Layer("convtranspose2d"),
        IOperation
{
    /// <summary>Number of channel groups, which are convolved separately.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Rows added below, less than the stride or the kernel.</summary>
    public int OutputPadY { get; init; }

    /// <summary>Columns added on the right, less than the stride or the kernel.</summary>
    public int OutputPadX { get; init; }

    /// <summary>How the weights begin; biases begin at 0.</summary>
    public Initializer Initializer { get; init; } = Linear.DefaultInitializer;

    /// <summary>Whether training may change weight and bias.</summary>
    public bool Trainable { get; init; } = true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        if (input.Dimensions.Length != 3)
            throw new ArgumentException($"it needs [height, width, channels], not {input}");
        if (Filters < 1 || Groups < 1 || input.Channels % Groups != 0 || Filters % Groups != 0)
            throw new ArgumentException($"{Groups} groups must divide {input.Channels} channels and {Filters} filters");
        if ((long)Window.Height * Window.Width * (Filters / Groups) * input.Channels > int.MaxValue)
            throw new ArgumentException("its weights are more than 2^31-1 values");
        long height = Size(input.Dimensions[0], Window.StrideY, Window.Height, Window.PadTop + Window.PadBottom),
            width = Size(input.Dimensions[1], Window.StrideX, Window.Width, Window.PadLeft + Window.PadRight);
        height += OutputPadY;
        width += OutputPadX;
        if (height is < 1 or > int.MaxValue || width is < 1 or > int.MaxValue)
            throw new ArgumentException($"it would make an image of {height} x {width}");
        var output = new Shape((int)height, (int)width, Filters);
        RequireInverse(input, output);
        return output;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) =>
        TensorSpec.WeightAndBias(
            [Window.Height, Window.Width, Filters / Groups, inputs[0].Channels],
            Filters,
            Bias,
            Initializer,
            Trainable
        );

    void IOperation.Forward(ForwardContext context)
    {
        ConvolutionShape shape = Size(context);
        context.Emit(
            new ConvolutionGradientToInput(
                context.Name,
                new(shape),
                context.Input(0),
                context.Tensor("weight"),
                new(context.Output)
            )
        );
        if (Bias)
            context.Emit(new AddChannelBias(context.Name, context.Tensor("bias"), context.Output));
    }

    void IOperation.Backward(BackwardContext context)
    {
        ConvolutionShape shape = Size(context);
        BufferId dy = context.OutputGradient;
        if (context.TensorGradient("weight") is { } dw)
            context.Emit(new ConvolutionGradientToWeights(context.Name, new(shape), dy, context.Input(0), dw));
        if (Bias && context.TensorGradient("bias") is { } db)
            context.Emit(
                new BiasGradient(context.Name, new LinearSize(shape.Height * shape.Width, 1, Filters), dy, db)
            );
        if (context.InputGradient(0) is { } dx)
            context.Emit(new ConvolutionForward(context.Name, new(shape), dy, context.Tensor("weight"), dx));
    }

    private static long Size(int length, int stride, int kernel, int cut) => ((length - 1L) * stride) + kernel - cut;

    // The convolution that this is the gradient of must make the input's size from the output's.
    private void RequireInverse(Shape input, Shape output)
    {
        bool sane =
            Math.Min(Window.StrideY, Window.StrideX) >= 1
            && Math.Min(Window.Height, Window.Width) >= 1
            && Math.Min(Math.Min(Window.PadTop, Window.PadBottom), Math.Min(Window.PadLeft, Window.PadRight)) >= 0
            && OutputPadY >= 0
            && OutputPadX >= 0
            && OutputPadY < Math.Max(Window.StrideY, Window.Height)
            && OutputPadX < Math.Max(Window.StrideX, Window.Width);
        if (!sane || Window.PadTop >= Window.Height || Window.PadLeft >= Window.Width)
            throw new ArgumentException(
                $"window {Window.Height}x{Window.Width}, stride and padding do not make {output} of {input}"
            );
    }

    private ConvolutionShape Size(LoweringContext context)
    {
        Shape input = context.InputShape(0);
        (int, int) places = (input.Dimensions[0], input.Dimensions[1]);
        return Conv2d.ShapeOf(Window, InferShape([input]), places, input.Channels, Groups);
    }
}

/// <summary>y += b per channel.</summary>
internal sealed record AddChannelBias(string Layer, BufferId B, BufferId Y) : Step(Layer, [B, Y], [Y]);
