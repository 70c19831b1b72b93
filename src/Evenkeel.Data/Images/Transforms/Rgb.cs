namespace Evenkeel.Data.Images.Transforms;

/// <summary>A value for each colour channel; colours as fractions of 255.</summary>
public readonly record struct Rgb(double Red, double Green, double Blue);
