namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// Windows over images of [height, width, channels]. Padding at the bottom and on the right follows from the output size:
/// windows may reach past the border, but each must cover at least one real pixel.
/// </summary>
public readonly record struct PoolingShape
{
    /// <summary>Rows of an input image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of an input image.</summary>
    public required int Width { get; init; }

    /// <summary>Channels of both images.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows of a window.</summary>
    public required int WindowHeight { get; init; }

    /// <summary>Columns of a window.</summary>
    public required int WindowWidth { get; init; }

    /// <summary>Rows from one window to the next.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Columns from one window to the next.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Rows of padding above the image.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of padding on the left of the image.</summary>
    public int PadLeft { get; init; }

    /// <summary>Rows of windows.</summary>
    public required int OutputHeight { get; init; }

    /// <summary>Windows in a row.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>A shape with strides of 1 and no padding, unless set.</summary>
    public PoolingShape() { }

    internal PoolingAxis Vertical => new(Height, OutputHeight, WindowHeight, StrideY, PadTop);

    internal PoolingAxis Horizontal => new(Width, OutputWidth, WindowWidth, StrideX, PadLeft);

    internal long InputSize => (long)Height * Width * Channels;

    internal long OutputPositions => (long)OutputHeight * OutputWidth;

    /// <summary>Requires sizes that make sense.</summary>
    /// <exception cref="ArgumentException">A size is not positive, or a window covers no pixel of the image.</exception>
    public void Validate()
    {
        if (Channels < 1)
            throw new ArgumentException($"Pooling needs at least one channel, not {Channels}.");
        Vertical.Validate("high");
        Horizontal.Validate("wide");
    }
}
