using Evenkeel.Graphs;
using Evenkeel.Kernels.Convolution;

namespace Evenkeel.Layers;

/// <summary>
/// Convolution over [height, width, channels]. Weights are stored [kernel height, kernel width, channels per group, filters] and
/// written to files as [filters, channels per group, kernel height, kernel width].
/// </summary>
/// <param name="Filters">Channels made, 1 or more.</param>
/// <param name="Window">Kernel, stride and padding (zeros).</param>
/// <param name="Bias">Whether a bias is added; batch normalisation behind the layer makes it useless (paper, section 3.2).</param>
public sealed record Conv2d(int Filters, Window Window, bool Bias = true) : ConvolutionLayer("conv2d", Filters, Bias)
{
    /// <inheritdoc/>
    public override bool IsPadded => Window.IsPadded;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        (int height, int width) = Window.Places(inputs[0]);
        Check(inputs[0].Channels, (long)Window.Height * Window.Width);
        return new Shape(height, width, Filters);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) =>
        TensorsOf(Window.Height, Window.Width, inputs[0].Channels / Groups, Filters);

    /// <inheritdoc/>
    internal override ConvolutionPass Pass(Shape input) => PassOf(Window, input, 1);

    /// <summary>The sizes of a convolution of one image.</summary>
    internal static ConvolutionShape ShapeOf(
        Window window,
        Shape image,
        (int Height, int Width) places,
        int filters,
        int groups
    ) =>
        new()
        {
            Height = image.Dimensions[0],
            Width = image.Dimensions[1],
            InputChannels = image.Channels,
            OutputChannels = filters,
            KernelHeight = window.Height,
            KernelWidth = window.Width,
            StrideY = window.StrideY,
            StrideX = window.StrideX,
            PadTop = window.PadTop,
            PadLeft = window.PadLeft,
            OutputHeight = places.Height,
            OutputWidth = places.Width,
            Groups = groups,
        };
}
