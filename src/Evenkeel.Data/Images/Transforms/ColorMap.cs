namespace Evenkeel.Data.Images.Transforms;

/// <summary>
/// An affine map of colours, kept as three rows of red, green, blue and constant. Every colour transform here is one, so
/// that a chain of them costs one pass over the pixels.
/// </summary>
internal struct ColorMap
{
    private const int Rows = 3;
    private const int Columns = 4;
    private System.Runtime.CompilerServices.InlineArray12<double> _m;

    /// <summary>The map that changes nothing.</summary>
    public static ColorMap Identity
    {
        get
        {
            var map = default(ColorMap);
            (map._m[0], map._m[5], map._m[10]) = (1, 1, 1);
            return map;
        }
    }

    /// <summary>Then multiplies by <paramref name="factor"/> and adds, per channel.</summary>
    public void ThenScale(Rgb factor, Rgb add)
    {
        ScaleRow(0, factor.Red, add.Red);
        ScaleRow(1, factor.Green, add.Green);
        ScaleRow(2, factor.Blue, add.Blue);
    }

    /// <summary>Then blends each colour with its grey: c = grey + factor (c - grey).</summary>
    public void ThenSaturate(double factor, Rgb weights)
    {
        for (int column = 0; column < Columns; column++)
        {
            double grey =
                (weights.Red * _m[column]) + (weights.Green * _m[Columns + column]) + (weights.Blue * _m[8 + column]);
            for (int row = 0; row < Rows; row++)
                _m[(row * Columns) + column] = grey + (factor * (_m[(row * Columns) + column] - grey));
        }
    }

    /// <summary>Where the map takes a colour.</summary>
    public readonly Rgb Of(Rgb c) => new(Row(0, c), Row(1, c), Row(2, c));

    /// <summary>Maps pixels in place.</summary>
    public readonly void Apply(Span<float> pixels)
    {
        (float rr, float rg, float rb, float r0) = Floats(0);
        (float gr, float gg, float gb, float g0) = Floats(1);
        (float br, float bg, float bb, float b0) = Floats(2);
        for (int i = 0; i + 2 < pixels.Length; i += ImageBuffer.Channels)
        {
            Span<float> pixel = pixels.Slice(i, ImageBuffer.Channels);
            (float r, float g, float b) = (pixel[0], pixel[1], pixel[2]);
            pixel[0] = (rr * r) + (rg * g) + (rb * b) + r0;
            pixel[1] = (gr * r) + (gg * g) + (gb * b) + g0;
            pixel[2] = (br * r) + (bg * g) + (bb * b) + b0;
        }
    }

    private void ScaleRow(int row, double factor, double add)
    {
        for (int column = 0; column < Columns; column++)
            _m[(row * Columns) + column] *= factor;
        _m[(row * Columns) + 3] += add;
    }

    private readonly double Row(int row, Rgb c) =>
        (_m[row * Columns] * c.Red)
        + (_m[(row * Columns) + 1] * c.Green)
        + (_m[(row * Columns) + 2] * c.Blue)
        + _m[(row * Columns) + 3];

    private readonly (float Red, float Green, float Blue, float Constant) Floats(int row) =>
        (
            (float)_m[row * Columns],
            (float)_m[(row * Columns) + 1],
            (float)_m[(row * Columns) + 2],
            (float)_m[(row * Columns) + 3]
        );
}
