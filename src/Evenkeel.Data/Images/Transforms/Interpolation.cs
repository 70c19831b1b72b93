namespace Evenkeel.Data.Images.Transforms;

/// <summary>How a pixel of a resized image follows from those of its source.</summary>
public enum Interpolation
{
    /// <summary>The pixel in whose square the place falls.</summary>
    Nearest,

    /// <summary>The 2 x 2 pixels around the place.</summary>
    Bilinear,

    /// <summary>The 4 x 4 pixels around the place, Keys' cubic with a = -1/2.</summary>
    Bicubic,

    /// <summary>When shrinking, the mean over the area that becomes the pixel; when enlarging, bilinear.</summary>
    Area,
}
