namespace Evenkeel.Data.Images.Transforms;

/// <summary>
/// Which source pixels make each pixel along one side of a resized image: the same number of consecutive ones for all,
/// with weights that sum to 1. Beyond the source its last pixel repeats. Only sums, products and quotients of doubles, the
/// same on every system.
/// </summary>
internal sealed class Taps
{
    private int[] _first = [];
    private float[] _weights = [];

    /// <summary>Source pixels per pixel.</summary>
    public int PerPixel { get; private set; }

    /// <summary>First source pixel, by pixel; never descending.</summary>
    public ReadOnlySpan<int> First => _first;

    /// <summary>Weights of the source pixels that make a pixel.</summary>
    public ReadOnlySpan<float> Weights(int pixel) => _weights.AsSpan(pixel * PerPixel, PerPixel);

    /// <summary>Finds the pixels.</summary>
    /// <param name="start">Where the window starts in the source, in pixels.</param>
    /// <param name="length">Length of the window in source pixels, above 0.</param>
    /// <param name="output">Pixels to make of it, 1 or more.</param>
    /// <param name="limit">Pixels of the source.</param>
    /// <param name="interpolation">The rule.</param>
    public void Build(double start, double length, int output, int limit, Interpolation interpolation)
    {
        double scale = length / output;
        Interpolation rule = interpolation == Interpolation.Area && scale <= 1 ? Interpolation.Bilinear : interpolation;
        int wanted = rule switch
        {
            Interpolation.Nearest => 1,
            Interpolation.Bilinear => 2,
            Interpolation.Bicubic => 4,
            _ => (int)Math.Ceiling(scale) + 1,
        };
        PerPixel = Math.Min(wanted, limit);
        if (_first.Length < output)
            _first = new int[output];
        if (_weights.Length < output * PerPixel)
            _weights = new float[output * PerPixel];
        _weights.AsSpan(0, output * PerPixel).Clear();
        for (int pixel = 0; pixel < output; pixel++)
            BuildOne(pixel, start + (pixel * scale), scale, wanted, limit, rule);
    }

    private void BuildOne(int pixel, double from, double scale, int wanted, int limit, Interpolation rule)
    {
        double place = from + (0.5 * scale) - 0.5;
        int begin = rule switch
        {
            Interpolation.Nearest => (int)Math.Floor(from + (0.5 * scale)),
            Interpolation.Bilinear => (int)Math.Floor(place),
            Interpolation.Bicubic => (int)Math.Floor(place) - 1,
            _ => (int)Math.Floor(from),
        };
        int first = Math.Clamp(begin, 0, limit - PerPixel);
        _first[pixel] = first;
        Span<float> weights = _weights.AsSpan(pixel * PerPixel, PerPixel);
        for (int i = 0; i < wanted; i++)
        {
            int at = begin + i;
            double weight = rule switch
            {
                Interpolation.Nearest => 1,
                Interpolation.Bilinear => 1 - Math.Abs(place - at),
                Interpolation.Bicubic => Keys(Math.Abs(place - at)),
                _ => Math.Max(0, Math.Min(from + scale, at + 1) - Math.Max(from, at)) / scale,
            };
            weights[Math.Clamp(at, 0, limit - 1) - first] += (float)weight;
        }
    }

    // R. Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = -1/2.
    private static double Keys(double d) =>
        d <= 1 ? 1 + (d * d * ((1.5 * d) - 2.5))
        : d < 2 ? 2 + (d * (-4 + (d * (2.5 - (0.5 * d)))))
        : 0;
}
