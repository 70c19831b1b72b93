namespace Evenkeel.Data.Images.Codecs.Png;

/// <summary>What the values of a pixel are, by the format's numbers.</summary>
internal enum PngColor
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    RgbAlpha = 6,
}
