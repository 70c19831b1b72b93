using Evenkeel.Graphs;

namespace Evenkeel.Cli.Models;

/// <summary>
/// The order of dimensions in files that go in and out of a model: its own, or channels first as ONNX has it. Inside, channels are last.
/// </summary>
internal sealed record BorderLayout(bool ChannelsFirst)
{
    /// <summary>Dimensions of one example in a file.</summary>
    public IReadOnlyList<int> Dimensions(Shape shape) =>
        Moves(shape) ? [shape.Channels, .. shape.Dimensions[..^1]] : shape.Dimensions;

    /// <summary>Values of examples in a file's order to channels last.</summary>
    public float[] ToInside(float[] values, Shape shape) =>
        Moves(shape) ? Transpose(values, shape.Channels, shape.Positions) : values;

    /// <summary>Values with channels last to a file's order.</summary>
    public float[] ToFile(float[] values, Shape shape) =>
        Moves(shape) ? Transpose(values, shape.Positions, shape.Channels) : values;

    private bool Moves(Shape shape) => ChannelsFirst && shape.Dimensions.Length > 1;

    // Each example's [rows, columns] to [columns, rows].
    private static float[] Transpose(float[] values, int rows, int columns)
    {
        float[] turned = new float[values.Length];
        int size = rows * columns;
        for (int i = 0; i < values.Length; i++)
        {
            int within = i % size;
            turned[i - within + (within % columns * rows) + (within / columns)] = values[i];
        }

        return turned;
    }
}
