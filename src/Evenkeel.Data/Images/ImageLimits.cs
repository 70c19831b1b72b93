using Evenkeel.Data.Formats;

namespace Evenkeel.Data.Images;

/// <summary>What is read and decoded of images at most; a small file can claim, or unpack to, far more than memory holds.</summary>
public sealed record ImageLimits
{
    /// <summary>Longest side that the decoders take, in pixels.</summary>
    public const int LongestSide = 65_500;

    // A decoded image is one array, of up to four values a pixel.
    private const int ValuesOfPixel = 4;

    /// <summary>Images of more pixels are not decoded, 1 or more; decoding takes 3 to 15 bytes for each.</summary>
    public long MaxPixels
    {
        get;
        init => field = DatasetChecks.InRange(value, 1, long.MaxValue);
    } = 100_000_000;

    /// <summary>
    /// Progressive JPEG files of more pixels times scans are not decoded, 1 or more: every scan passes over all pixels, and takes a few bytes.
    /// </summary>
    public long MaxScannedPixels
    {
        get;
        init => field = DatasetChecks.InRange(value, 1, long.MaxValue);
    } = 2_000_000_000;

    /// <summary>Larger image files are not read, in bytes, 1 or more.</summary>
    public long MaxFileBytes
    {
        get;
        init => field = DatasetChecks.InRange(value, 1, long.MaxValue);
    } = 256L << 20;

    /// <summary>Image files of an archive, which are held in memory, may have so many bytes together, 1 or more.</summary>
    public long MaxArchiveBytes
    {
        get;
        init => field = DatasetChecks.InRange(value, 1, long.MaxValue);
    } = 16L << 30;

    /// <summary>How much a packed archive may unpack to.</summary>
    public UnpackLimits Unpacking { get; init; } = UnpackLimits.Default;

    /// <summary>Whether an image of this size may be decoded, else why not.</summary>
    internal bool AllowSize(long width, long height, out string reason)
    {
        long max = Math.Min(MaxPixels, Array.MaxLength / ValuesOfPixel);
        bool fits = width is > 0 and <= LongestSide && height is > 0 and <= LongestSide && width * height <= max;
        reason = fits ? "" : $"its {width} x {height} pixels are more than the limit of {max}, or {LongestSide} a side";
        return fits;
    }

    /// <summary>Whether a file of this length may be read, else why not.</summary>
    internal bool AllowFile(long length, out string reason)
    {
        long max = Math.Min(MaxFileBytes, Array.MaxLength);
        reason = length <= max ? "" : $"its {length} bytes are more than the limit of {max}";
        return length <= max;
    }
}
