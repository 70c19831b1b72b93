namespace Evenkeel.Data.Images.Views;

/// <summary>
/// The views of an image whose predictions are averaged. Sizes are ratios to the side, so that the same views exist for
/// small images: 256, 288, 320 and 352 for 224 are 8/7, 9/7, 10/7 and 11/7.
/// </summary>
public sealed class MultiCrop
{
    private const int MaxSide = 4096;
    private readonly View[] _views;

    private MultiCrop(string name, int side, IEnumerable<View> views)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, MaxSide);
        (Name, Side, _views) = (name, side, [.. views]);
        SourceSide = (int)Math.Ceiling(side * _views.Max(v => v.Scale));
    }

    /// <summary>What the views are, for reports.</summary>
    public string Name { get; }

    /// <summary>Side of every view, in pixels.</summary>
    public int Side { get; }

    /// <summary>Number of views.</summary>
    public int Count => _views.Length;

    /// <summary>Sources need to give no more pixels than this along the shorter side.</summary>
    public int SourceSide { get; }

    /// <summary>The middle alone, after the shorter side was resized.</summary>
    /// <param name="side">Side of the view, 1 to 4096.</param>
    /// <param name="scale">Shorter side by the view's, 1 or more, such as 256 / 224.0.</param>
    public static MultiCrop Single(int side, double scale = 8.0 / 7)
    {
        CheckScale(scale);
        return new("1 view", side, [new View(scale, 1, CropPosition.Center, Facing.AsIs)]);
    }

    /// <summary>Four corners and the middle, each with its mirror image.</summary>
    /// <param name="side">Side of the views, 1 to 4096.</param>
    /// <param name="scale">Shorter side by the view's, 1 or more.</param>
    public static MultiCrop Ten(int side, double scale = 8.0 / 7)
    {
        CheckScale(scale);
        // Without squares, the corners are those of the whole image.
        return new(
            "10 views",
            side,
            from position in Enum.GetValues<CropPosition>()
            where position != CropPosition.Whole
            from facing in Enum.GetValues<Facing>()
            select new View(scale, null, position, facing)
        );
    }

    /// <summary>
    /// GoogLeNet's (Szegedy et al. 2015, section 7): four sizes; of each the squares at the left, middle and right (top,
    /// middle and bottom); of each square four corners, the middle and the whole, each with its mirror image.
    /// </summary>
    /// <param name="side">Side of the views, 1 to 4096.</param>
    public static MultiCrop All144(int side) =>
        new(
            "144 views",
            side,
            from sevenths in (int[])[8, 9, 10, 11]
            from square in (int[])[0, 1, 2]
            from position in Enum.GetValues<CropPosition>()
            from facing in Enum.GetValues<Facing>()
            select new View(sevenths / 7.0, square, position, facing)
        );

    internal View Of(int view) => _views[view];

    private static void CheckScale(double scale)
    {
        if (!(scale is >= 1 and <= 16))
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale must be in [1, 16].");
    }
}
