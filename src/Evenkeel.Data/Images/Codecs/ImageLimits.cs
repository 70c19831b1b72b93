namespace Evenkeel.Data.Images.Codecs;

/// <summary>Sizes that are decoded; a small file can claim to hold far more pixels than memory does.</summary>
internal static class ImageLimits
{
    /// <summary>Longest side that the decoders take.</summary>
    public const int LongestSide = 65_500;

    /// <summary>Whether an image of this size may be decoded, else why not.</summary>
    public static bool Allow(ImageHeader header, long maxPixels, out string reason)
    {
        reason = "";
        if (
            header.Width <= LongestSide
            && header.Height <= LongestSide
            && (long)header.Width * header.Height <= maxPixels
        )
            return true;
        reason =
            $"its {header.Width} x {header.Height} pixels are more than the limit of {maxPixels}, or {LongestSide} a side";
        return false;
    }
}
