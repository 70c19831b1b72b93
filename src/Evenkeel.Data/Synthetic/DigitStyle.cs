namespace Evenkeel.Data.Synthetic;

/// <summary>
/// How much hands differ. The values were tuned so that a network of three hidden layers of 100 sigmoids learns these
/// digits about as fast, and to about the same test accuracy, as MNIST.
/// </summary>
internal static class DigitStyle
{
    /// <summary>Factor on wandering and bending of the most careful hand.</summary>
    public const float MinSloppy = 0.4f;

    /// <summary>The same of the least careful.</summary>
    public const float MaxSloppy = 1.6f;

    /// <summary>Standard deviation of a control point, in halves of the model's box.</summary>
    public const float PointWander = 0.06f;

    /// <summary>Standard deviation of the smooth bend's knots, in halves of the box.</summary>
    public const float Bend = 0.195f;

    /// <summary>Width over height, narrowest.</summary>
    public const float NarrowestAspect = 0.6f;

    /// <summary>Width over height, widest.</summary>
    public const float WidestAspect = 1.05f;

    /// <summary>Mean slant to the right, as a shear.</summary>
    public const float MeanShear = 0.12f;

    /// <summary>Standard deviation of the slant.</summary>
    public const float Shear = 0.21f;

    /// <summary>Standard deviation of the rotation in radians.</summary>
    public const float Rotation = 0.11f;

    /// <summary>The longer side of a digit's path in pixels.</summary>
    public const float BoxPixels = 18.5f;

    /// <summary>Relative standard deviation of that.</summary>
    public const float SizeSpread = 0.05f;

    /// <summary>Standard deviation of the place in pixels.</summary>
    public const float ShiftPixels = 0.6f;

    /// <summary>Thinnest pen, half its width in pixels.</summary>
    public const float ThinnestPen = 0.65f;

    /// <summary>Thickest pen, half its width in pixels.</summary>
    public const float ThickestPen = 1.8f;

    /// <summary>Standard deviation of the change of that along a stroke.</summary>
    public const float PenChange = 0.22f;

    /// <summary>Palest ink, of 1.</summary>
    public const float PalestInk = 0.75f;

    /// <summary>Standard deviation of the ink's patches.</summary>
    public const float InkPatches = 0.12f;

    /// <summary>Standard deviation of a pixel's noise, where there is ink nearby.</summary>
    public const float PixelNoise = 0.08f;

    /// <summary>Share of scanned digits with a speck on the paper.</summary>
    public const float SpeckShare = 0.04f;
}
