using Evenkeel.Data;
using static System.FormattableString;

namespace Evenkeel;

/// <summary>The value of each of the 256 possible bytes of a pixel.</summary>
public sealed class PixelEncoding
{
    private readonly float[] _values = new float[256];

    private PixelEncoding(string name, Func<int, double> value)
    {
        Name = name;
        for (int pixel = 0; pixel < 256; pixel++)
            _values[pixel] = (float)value(pixel);
        int last = Array.LastIndexOf(_values, 0);
        bool binary = last >= 0 && _values.AsSpan(0, last + 1).IndexOfAnyExcept(0f) < 0;
        if (binary && _values.AsSpan(last + 1).IndexOfAnyExcept(1f) < 0)
            LastZero = (byte)last;
    }

    /// <summary>
    /// 0 for pixels up to 127 and 1 above, a threshold of one half: the binary images of the MNIST experiment
    /// (Ioffe and Szegedy 2015, section 4.1).
    /// </summary>
    public static PixelEncoding Binary { get; } = BinaryAt(0.5);

    /// <summary>Pixel / 255, in 0 to 1.</summary>
    public static PixelEncoding UnitScale { get; } = new("unit", p => p / 255.0);

    /// <summary>1 - pixel / 255: black on white instead of white on black.</summary>
    public static PixelEncoding Inverted { get; } = new("inverted", p => 1 - (p / 255.0));

    /// <summary>Pixel / 255 with its contrast changed: offset + contrast * pixel / 255.</summary>
    /// <param name="contrast">Finite and not 0.</param>
    /// <param name="offset">Finite: the value of a black pixel.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static PixelEncoding Contrast(double contrast, double offset)
    {
        if (!double.IsFinite(contrast) || contrast == 0)
            throw new ArgumentOutOfRangeException(nameof(contrast), contrast, "The contrast must be finite and not 0.");
        if (!double.IsFinite(offset))
            throw new ArgumentOutOfRangeException(nameof(offset), offset, "The offset must be finite.");
        return new(Invariant($"contrast {contrast:R} from {offset:R}"), p => offset + (contrast * p / 255.0));
    }

    /// <summary>Short name for reports, such as "binary 0.5".</summary>
    public string Name { get; }

    /// <summary>The 256 values, by pixel.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>For encodings of 0 up to a pixel and 1 above it, that pixel; else null.</summary>
    internal byte? LastZero { get; }

    /// <summary>1 where pixel / 255 is above the threshold and 0 elsewhere.</summary>
    /// <param name="threshold">0 to 1, 1 excluded.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is outside that range.</exception>
    public static PixelEncoding BinaryAt(double threshold)
    {
        if (!(threshold is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "The threshold must be in [0, 1).");
        return new(Invariant($"binary {threshold}"), p => p / 255.0 > threshold ? 1 : 0);
    }

    /// <summary>(pixel / 255 - mean) / standard deviation.</summary>
    /// <param name="mean">Mean of pixel / 255, see <see cref="InMemoryDataset.MeasurePixels"/>.</param>
    /// <param name="standardDeviation">Standard deviation of pixel / 255, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not finite, or the deviation is not above 0.</exception>
    public static PixelEncoding Standardized(double mean, double standardDeviation)
    {
        if (!double.IsFinite(mean))
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "The mean must be finite.");
        if (!(standardDeviation > 0 && double.IsFinite(standardDeviation)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(standardDeviation),
                standardDeviation,
                "The standard deviation must be above 0; constant data cannot be standardised."
            );
        }

        return new(
            Invariant($"standardized {mean:R} {standardDeviation:R}"),
            p => ((p / 255.0) - mean) / standardDeviation
        );
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
