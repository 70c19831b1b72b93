using Evenkeel.Data.Images.Transforms;

namespace Evenkeel.Data.Images.Views;

/// <summary>Where in its square a view lies.</summary>
internal enum CropPosition
{
    UpperLeft,
    UpperRight,
    LowerLeft,
    LowerRight,
    Center,
    Whole,
}

/// <summary>Whether left and right are swapped.</summary>
internal enum Facing
{
    AsIs,
    Mirrored,
}

/// <summary>One view of an image.</summary>
/// <param name="Scale">The image's shorter side by the view's side.</param>
/// <param name="Square">0, 1 or 2 along the longer side; null for the whole image in place of a square.</param>
/// <param name="CropPosition">Where in it.</param>
/// <param name="Facing">Whether left and right are swapped.</param>
internal readonly record struct View(double Scale, int? Square, CropPosition CropPosition, Facing Facing)
{
    /// <summary>The part of an image that becomes the view.</summary>
    public SourceWindow Window(int height, int width)
    {
        double shorter = Math.Min(height, width);
        (double top, double left, double tall, double wide) = (0, 0, height, width);
        if (Square is { } square)
        {
            (tall, wide) = (shorter, shorter);
            (top, left) = ((height - shorter) * square / 2, (width - shorter) * square / 2);
        }

        if (CropPosition == CropPosition.Whole)
            return new SourceWindow(top, left, tall, wide);
        double side = shorter / Scale;
        (double down, double right) = CropPosition switch
        {
            CropPosition.UpperLeft => (0.0, 0.0),
            CropPosition.UpperRight => (0.0, 1.0),
            CropPosition.LowerLeft => (1.0, 0.0),
            CropPosition.LowerRight => (1.0, 1.0),
            _ => (0.5, 0.5),
        };
        return new SourceWindow(top + (down * (tall - side)), left + (right * (wide - side)), side, side);
    }
}
