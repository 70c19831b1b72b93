namespace Evenkeel.Layers;

/// <summary>A window that moves over the positions of an image, for convolution and pooling.</summary>
/// <param name="Height">Rows, 1 or more.</param>
/// <param name="Width">Columns, 1 or more.</param>
public sealed record Window(int Height, int Width)
{
    /// <summary>Rows from one place of the window to the next, 1 or more.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Columns from one place of the window to the next, 1 or more.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Rows of padding above.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of padding on the left.</summary>
    public int PadLeft { get; init; }

    /// <summary>Rows of padding below.</summary>
    public int PadBottom { get; init; }

    /// <summary>Columns of padding on the right.</summary>
    public int PadRight { get; init; }

    /// <summary>Whether the window reaches over the border of the image.</summary>
    public bool IsPadded => (PadTop | PadLeft | PadBottom | PadRight) != 0;

    /// <summary>A square window with the same stride and padding in both directions.</summary>
    public static Window Square(int size, int stride = 1, int padding = 0) =>
        new(size, size)
        {
            StrideY = stride,
            StrideX = stride,
            PadTop = padding,
            PadLeft = padding,
            PadBottom = padding,
            PadRight = padding,
        };

    /// <summary>The shape of an image with a pixel for each place of the window.</summary>
    /// <exception cref="ArgumentException">As of <see cref="Places"/>.</exception>
    internal Shape Output(Shape image, int channels)
    {
        (int height, int width) = Places(image);
        return new Shape(height, width, channels);
    }

    /// <summary>How many places the window has over an image, downwards and across.</summary>
    /// <exception cref="ArgumentException">The shape is not [height, width, channels], or the window does not fit.</exception>
    public (int Height, int Width) Places(Shape image)
    {
        if (image.Dimensions.Length != 3)
            throw new ArgumentException($"it needs [height, width, channels], not {image}");
        if (Height < 1 || Width < 1 || StrideY < 1 || StrideX < 1)
            throw new ArgumentException($"window {Height}x{Width} and stride {StrideY}x{StrideX} must be 1 or more");
        if (Math.Min(Math.Min(PadTop, PadBottom), Math.Min(PadLeft, PadRight)) < 0)
            throw new ArgumentException("padding must be 0 or more");
        if (PadTop >= Height || PadBottom >= Height || PadLeft >= Width || PadRight >= Width)
            throw new ArgumentException($"padding must be smaller than the window {Height}x{Width}");
        int rows = image.Dimensions[0] + PadTop + PadBottom - Height,
            columns = image.Dimensions[1] + PadLeft + PadRight - Width;
        if (rows < 0 || columns < 0)
        {
            throw new ArgumentException(
                $"the window {Height}x{Width} is larger than the padded image {image.Dimensions[0]}x{image.Dimensions[1]}; "
                    + "use larger images or more padding"
            );
        }

        return ((rows / StrideY) + 1, (columns / StrideX) + 1);
    }
}
