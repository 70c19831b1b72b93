namespace Evenkeel.Layers;

/// <summary>How a place between pixels becomes a pixel.</summary>
public enum NearestRounding
{
    /// <summary>Down.</summary>
    Floor,

    /// <summary>Up.</summary>
    Ceiling,

    /// <summary>To the nearest, halves down.</summary>
    HalfDown,

    /// <summary>To the nearest, halves up.</summary>
    HalfUp,
}

/// <summary>An image with another number of rows and columns, each pixel the nearest of the original.</summary>
/// <param name="Height">Rows made.</param>
/// <param name="Width">Columns made.</param>
public sealed record ResizeNearest(int Height, int Width) : AxisMap("resizenearest")
{
    /// <summary>Rows made per row; 0 for the quotient of the sizes.</summary>
    public double ScaleY { get; init; }

    /// <summary>Columns made per column; 0 for the quotient of the sizes.</summary>
    public double ScaleX { get; init; }

    /// <summary>Where a place lies in the original.</summary>
    public ResizeCoordinates Coordinates { get; init; }

    /// <summary>How a place becomes a pixel.</summary>
    public NearestRounding Rounding { get; init; }

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ResizePlaces.Check(inputs[0], ScaleY, ScaleX);
        return new Shape(Height, Width, inputs[0].Channels);
    }

    /// <inheritdoc/>
    protected override int[][] Offsets(Shape input)
    {
        int[] strides = Strides(input);
        (int height, int width) = (input.Dimensions[0], input.Dimensions[1]);
        return
        [
            [.. Enumerable.Range(0, Height).Select(i => Source(i, height, Height, ScaleY) * strides[0])],
            [.. Enumerable.Range(0, Width).Select(i => Source(i, width, Width, ScaleX) * strides[1])],
            [.. Enumerable.Range(0, input.Channels)],
        ];
    }

    private int Source(int i, int length, int made, double scale)
    {
        double place = Coordinates.Place(i, length, made, scale);
        double pixel = Rounding switch
        {
            NearestRounding.Floor => Math.Floor(place),
            NearestRounding.Ceiling => Math.Ceiling(place),
            NearestRounding.HalfDown => Math.Ceiling(place - 0.5),
            _ => Math.Floor(place + 0.5),
        };
        return (int)Math.Clamp(pixel, 0, length - 1);
    }
}
