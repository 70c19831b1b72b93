namespace Evenkeel.Layers;

/// <summary>An example of [depth, height, width, channels].</summary>
/// <param name="Depth">Planes.</param>
/// <param name="Plane">[height, width, channels] of each.</param>
internal readonly record struct Volume(int Depth, Shape Plane)
{
    /// <summary>Takes a shape apart.</summary>
    /// <exception cref="ArgumentException">The shape is no volume.</exception>
    public Volume(Shape shape)
        : this(
            shape.Dimensions.Length == 4
                ? shape.Dimensions[0]
                : throw new ArgumentException($"it needs [depth, height, width, channels], not {shape}"),
            new Shape(shape.Dimensions.AsSpan()[1..])
        ) { }

    /// <summary>Channels of a plane.</summary>
    public int Channels => Plane.Channels;

    /// <summary>Values of an example.</summary>
    public int Count => Depth * Plane.Count;
}
