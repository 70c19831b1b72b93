namespace Evenkeel.Layers;

/// <summary>Where a place of a resized image lies in the original.</summary>
public enum ResizeCoordinates
{
    /// <summary>At i / scale.</summary>
    Asymmetric,

    /// <summary>At (i + 1/2) / scale - 1/2: pixels are squares whose centres count.</summary>
    HalfPixel,

    /// <summary>As <see cref="HalfPixel"/>, but 0 where the result has one pixel.</summary>
    PytorchHalfPixel,

    /// <summary>At i (length - 1) / (new length - 1): the outermost pixels stay where they are.</summary>
    AlignCorners,
}

/// <summary>Places of a resized image in the original.</summary>
internal static class ResizePlaces
{
    /// <summary>Where index i lies along an axis.</summary>
    /// <param name="coordinates">The rule.</param>
    /// <param name="i">Index in the result.</param>
    /// <param name="length">Length of the original.</param>
    /// <param name="made">Length of the result.</param>
    /// <param name="scale">Pixels made per pixel; 0 for the quotient of the lengths.</param>
    public static double Place(this ResizeCoordinates coordinates, int i, int length, int made, double scale)
    {
        if (scale == 0)
            scale = (double)made / length;
        return coordinates switch
        {
            ResizeCoordinates.Asymmetric => i / scale,
            ResizeCoordinates.AlignCorners => made == 1 ? 0 : (double)i * (length - 1) / (made - 1),
            ResizeCoordinates.PytorchHalfPixel when made == 1 => 0,
            _ => ((i + 0.5) / scale) - 0.5,
        };
    }

    /// <summary>What an image needs to be resized.</summary>
    /// <exception cref="ArgumentException">It is no image, or a scale is no number of 0 or more.</exception>
    public static void Check(Shape input, double scaleY, double scaleX)
    {
        if (input.Dimensions.Length != 3)
            throw new ArgumentException($"it needs [height, width, channels], not {input}");
        if (!(scaleY >= 0) || !(scaleX >= 0) || !double.IsFinite(scaleY) || !double.IsFinite(scaleX))
            throw new ArgumentException($"scales {scaleY} and {scaleX} must be finite and 0 or more");
    }
}
