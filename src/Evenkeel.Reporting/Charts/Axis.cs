namespace Evenkeel.Reporting.Charts;

/// <summary>Maps values to positions in the drawing.</summary>
internal sealed class Axis
{
    private const double NearZero = 0.05;

    private readonly bool logarithmic;
    private readonly double from;
    private readonly double to;

    private Axis(AxisScale scale, double low, double high, double from, double to)
    {
        logarithmic = scale == AxisScale.Logarithmic;
        (Low, High, this.from, this.to) = (low, high, from, to);
    }

    /// <summary>The value at the axis' beginning.</summary>
    public double Low { get; }

    /// <summary>The value at the axis' end.</summary>
    public double High { get; }

    /// <summary>Whether a value has a place: finite, and positive on a logarithmic axis. It may lie outside the drawn range.</summary>
    public static bool Has(AxisScale scale, double value) =>
        double.IsFinite(value) && (scale == AxisScale.Linear || value > 0);

    /// <summary>
    /// An axis over exactly the data, or over the limits of <paramref name="spec"/>, from one place of the drawing to another. Data that
    /// begins close above zero, such as steps from the first report on, is shown from zero on.
    /// </summary>
    public static Axis FromNearZero(AxisSpec spec, IEnumerable<double> values, double from, double to)
    {
        (double low, double high) = Range(spec, values);
        if (spec.Scale == AxisScale.Linear && spec.Minimum is null && low > 0 && low < NearZero * high)
            low = 0;
        return new Axis(spec.Scale, low, high, from, to);
    }

    /// <summary>Over the data or the limits of <paramref name="spec"/>, widened to the next round marks where the data decides.</summary>
    public static Axis Rounded(AxisSpec spec, IEnumerable<double> values, double from, double to, int marks)
    {
        (double low, double high) = Range(spec, values);
        if (spec.Scale == AxisScale.Linear)
        {
            double step = Ticks.Step(high - low, marks);
            low = spec.Minimum ?? Math.Floor((low / step) + 1e-9) * step;
            high = spec.Maximum ?? Math.Ceiling((high / step) - 1e-9) * step;
        }
        else
        {
            low = spec.Minimum ?? WithinDecade(low, Math.Floor);
            high = spec.Maximum ?? WithinDecade(high, Math.Ceiling);
        }
        return new Axis(spec.Scale, low, high, from, to);
    }

    /// <summary>The marks' values.</summary>
    public double[] Marks(int wanted) =>
        logarithmic ? Ticks.Logarithmic(Low, High, wanted) : Ticks.Linear(Low, High, wanted);

    /// <summary>Whether a value lies on the drawn part of the axis.</summary>
    public bool Holds(double value) => value >= Low && value <= High;

    /// <summary>The position of a value in the drawing.</summary>
    public double Position(double value)
    {
        double part = logarithmic ? Math.Log(value / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);
        // Far outside values stay within what renderers can draw; the clip hides them.
        return from + (Math.Clamp(part, -9, 10) * (to - from));
    }

    private static (double Low, double High) Range(AxisSpec spec, IEnumerable<double> values)
    {
        double low = double.PositiveInfinity;
        double high = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (!Has(spec.Scale, value))
                continue;
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        if (low > high)
            (low, high) = spec.Scale == AxisScale.Linear ? (0, 1) : (1, 10);
        low = spec.Minimum ?? Math.Min(low, spec.Maximum ?? low);
        high = spec.Maximum ?? Math.Max(high, spec.Minimum ?? high);
        return high - low > 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)) ? (low, high) : Widened(spec, low, high);
    }

    // A line that never moves still needs a range, which is not the line's own.
    private static (double Low, double High) Widened(AxisSpec spec, double low, double high)
    {
        if (spec.Scale == AxisScale.Logarithmic)
            return (spec.Minimum ?? low / 2, spec.Maximum is { } top && top > low ? top : high * 2);
        double around = low == 0 ? 0.5 : Math.Abs(low) / 10;
        return (spec.Minimum ?? low - around, spec.Maximum is { } end && end > low ? end : high + around);
    }

    private static double WithinDecade(double value, Func<double, double> round)
    {
        double decade = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double digit = Math.Round(value / decade, 9);
        return round(digit) * decade;
    }
}
