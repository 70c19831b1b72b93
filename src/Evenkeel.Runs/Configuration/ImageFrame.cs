namespace Evenkeel.Runs.Configuration;

/// <summary>What a network sees of an image: its middle, after it was resized to cover that.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Channels">3 for colours, 1 for grey.</param>
/// <param name="ShorterSide">The shorter side of images before the middle is cut out; null for that of the middle itself.</param>
internal sealed record ImageFrame(int Height, int Width, int Channels, int? ShorterSide = null)
{
    public override string ToString() =>
        $"{Height} x {Width} in the middle{(Channels == 1 ? ", in grey" : "")}"
        + (ShorterSide is { } side ? $", resized to {side} along the shorter side before" : "");
}
