using Evenkeel.Graphs;

namespace Evenkeel.Layers;

/// <summary>
/// Convolution over lines of [length, channels]. Weights are stored [kernel length, channels per group, filters] and written to files as
/// [filters, channels per group, kernel length].
/// </summary>
/// <param name="Filters">Channels made, 1 or more.</param>
/// <param name="Window">Kernel, stride and padding (zeros).</param>
/// <param name="Bias">Whether a bias is added; batch normalisation behind the layer makes it useless (paper, section 3.2).</param>
public sealed record Conv1d(int Filters, AxisWindow Window, bool Bias = true)
    : ConvolutionLayer("conv1d", Filters, Bias)
{
    /// <inheritdoc/>
    public override bool IsPadded => Window.IsPadded;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        int places = Window.Places(inputs[0]);
        Check(inputs[0].Channels, Window.Length);
        return new Shape(places, Filters);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) =>
        TensorsOf(Window.Length, inputs[0].Channels / Groups, Filters);

    /// <inheritdoc/>
    internal override ConvolutionPass Pass(Shape input) => PassOf(Window.InRow, AxisWindow.Row(input), 1);
}
