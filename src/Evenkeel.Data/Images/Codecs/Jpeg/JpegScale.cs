namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>How much smaller an image is decoded, in eighths of its sides.</summary>
internal static class JpegScale
{
    /// <summary>The size as it is stored.</summary>
    public const int Full = 8;

    /// <summary>
    /// The smallest scale whose shorter side has as many pixels as wanted: only halves, quarters and eighths, for which decoders have quick
    /// code.
    /// </summary>
    /// <param name="header">The size as it is stored.</param>
    /// <param name="shorterSide">What is wanted; 0 for the full size.</param>
    public static int For(ImageHeader header, int shorterSide)
    {
        int side = Math.Min(header.Width, header.Height),
            eighths = shorterSide == 0 ? Full : 1;
        while (eighths < Full && Of(side, eighths) < shorterSide)
            eighths *= 2;
        return eighths;
    }

    /// <summary>A side at a scale.</summary>
    public static int Of(int side, int eighths) => (int)((((long)side * eighths) + Full - 1) / Full);
}
