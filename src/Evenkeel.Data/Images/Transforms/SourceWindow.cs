namespace Evenkeel.Data.Images.Transforms;

/// <summary>A rectangle of an image, in pixels from its upper left corner; may start and end between pixels.</summary>
internal readonly record struct SourceWindow(double Top, double Left, double Height, double Width);
