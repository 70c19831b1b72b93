namespace Evenkeel.Data.Images.Codecs.Png;

/// <summary>The pixels that come one after another: all of them, or of an interlaced file every so many, in seven passes.</summary>
/// <param name="Left">Column of the first pixel.</param>
/// <param name="Top">Row of the first pixel.</param>
/// <param name="Right">Columns from one pixel to the next.</param>
/// <param name="Down">Rows from one to the next.</param>
internal readonly record struct PngPass(int Left, int Top, int Right, int Down)
{
    private static readonly PngPass[] All = [new(0, 0, 1, 1)];

    // Adam7, PNG section 8.2.
    private static readonly PngPass[] Interlaced =
    [
        new(0, 0, 8, 8),
        new(4, 0, 8, 8),
        new(0, 4, 4, 8),
        new(2, 0, 4, 4),
        new(0, 2, 2, 4),
        new(1, 0, 2, 2),
        new(0, 1, 1, 2),
    ];

    /// <summary>The passes of a file, in their order.</summary>
    public static ReadOnlySpan<PngPass> Of(PngHeader header) => header.IsInterlaced ? Interlaced : All;

    /// <summary>Pixels of a row of this pass; 0 where it has none.</summary>
    public int Columns(int width) => (width - Left + Right - 1) / Right;

    /// <summary>Rows of this pass.</summary>
    public int Rows(int height) => (height - Top + Down - 1) / Down;
}
