namespace Evenkeel.Layers;

/// <summary>A window that moves along one dimension, for convolution and pooling over lines and over the depth of volumes.</summary>
/// <param name="Length">Places that it covers, 1 or more.</param>
public sealed record AxisWindow(int Length)
{
    /// <summary>Places from one position of the window to the next, 1 or more.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Places of padding before the first value.</summary>
    public int Before { get; init; }

    /// <summary>Places of padding behind the last value.</summary>
    public int After { get; init; }

    /// <summary>Whether the window reaches over an end.</summary>
    public bool IsPadded => (Before | After) != 0;

    /// <summary>The same over the columns of an image.</summary>
    internal Window InRow =>
        new(1, Length)
        {
            StrideX = Stride,
            PadLeft = Before,
            PadRight = After,
        };

    /// <summary>The same over the rows of an image.</summary>
    internal Window InColumn =>
        new(Length, 1)
        {
            StrideY = Stride,
            PadTop = Before,
            PadBottom = After,
        };

    /// <summary>How many positions the window has over a line of [length, channels].</summary>
    /// <exception cref="ArgumentException">The shape is another one, or the window does not fit.</exception>
    public int Places(Shape line) =>
        line.Dimensions.Length == 2
            ? Places(line.Dimensions[0])
            : throw new ArgumentException($"it needs [length, channels], not {line}");

    /// <summary>How many positions the window has along a dimension of the given length.</summary>
    /// <exception cref="ArgumentException">The window does not fit.</exception>
    public int Places(int length)
    {
        if (Length < 1 || Stride < 1)
            throw new ArgumentException($"window {Length} and stride {Stride} must be 1 or more");
        if (Before < 0 || After < 0)
            throw new ArgumentException("padding must be 0 or more");
        if (Before >= Length || After >= Length)
            throw new ArgumentException($"padding must be smaller than the window {Length}");
        int rest = length + Before + After - Length;
        return rest >= 0
            ? (rest / Stride) + 1
            : throw new ArgumentException(
                $"the window {Length} is larger than the padded length {length + Before + After}; use longer examples or more padding"
            );
    }

    /// <summary>A line as an image of one row.</summary>
    internal static Shape Row(Shape line) => new(1, line.Dimensions[0], line.Channels);
}
