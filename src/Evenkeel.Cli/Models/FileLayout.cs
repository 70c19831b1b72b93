using Evenkeel.Onnx;

namespace Evenkeel.Cli.Models;

/// <summary>
/// The order of dimensions in files that go in and out of a model: its own, or channels first as ONNX has it. Inside, channels are last.
/// </summary>
internal sealed record FileLayout(bool ChannelsFirst)
{
    /// <summary>Dimensions of one example in a file.</summary>
    public IReadOnlyList<int> Dimensions(Shape shape) =>
        Moves(shape) ? [shape.Channels, .. shape.Dimensions[..^1]] : shape.Dimensions;

    /// <summary>Values of examples in a file's order to channels last.</summary>
    public float[] ToInside(float[] values, Shape shape) => Moves(shape) ? ChannelOrder.ToLast(values, shape) : values;

    /// <summary>Values with channels last to a file's order.</summary>
    public float[] ToFile(float[] values, Shape shape) => Moves(shape) ? ChannelOrder.ToFirst(values, shape) : values;

    private bool Moves(Shape shape) => ChannelsFirst && shape.Dimensions.Length > 1;
}
