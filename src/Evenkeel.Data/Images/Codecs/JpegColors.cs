namespace Evenkeel.Data.Images.Codecs;

/// <summary>What a JPEG file's components are, as far as it matters for reading them as red, green and blue.</summary>
internal enum JpegColors
{
    /// <summary>Grey or colour, which the decoder turns into red, green and blue.</summary>
    GreyOrColor,

    /// <summary>Four inks, as amounts of ink.</summary>
    Inks,

    /// <summary>Four inks, as amounts of light left, as Adobe's programs write them.</summary>
    InvertedInks,
}
