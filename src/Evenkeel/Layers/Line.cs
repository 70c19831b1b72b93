using Evenkeel.Graphs;

namespace Evenkeel.Layers;

/// <summary>Shapes of examples that are lines or volumes.</summary>
internal static class Line
{
    /// <summary>The length of a line of [length, channels].</summary>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public static int LengthOf(Shape shape) =>
        shape.Dimensions.Length == 2
            ? shape.Dimensions[0]
            : throw new ArgumentException($"it needs [length, channels], not {shape}");
}
