namespace Evenkeel.Reporting.Metrics;

/// <summary>
/// The course of a value in bounded memory, however long it gets. Neighbouring values share a point, which knows their mean, lowest and
/// highest, and the last of them. Where there is no room for another point, each two become one.
/// </summary>
/// <param name="capacity">The most points; even, 2 or more.</param>
internal sealed class BoundedSeries(int capacity)
{
    private readonly List<Point> _points = [];
    private long _width = 1;

    /// <summary>How many values were added.</summary>
    public long Count { get; private set; }

    /// <summary>The step of the last value; -1 before the first.</summary>
    public long LastStep { get; private set; } = -1;

    /// <summary>The last value; NaN before the first.</summary>
    public double Last { get; private set; } = double.NaN;

    /// <summary>The lowest finite value and its first step; null without one.</summary>
    public (long Step, double Value)? Lowest { get; private set; }

    /// <summary>The highest finite value and its first step; null without one.</summary>
    public (long Step, double Value)? Highest { get; private set; }

    /// <summary>Whether points stand for more than one value.</summary>
    public bool IsThinned => _width > 1;

    /// <summary>The points, in the order of steps.</summary>
    public IReadOnlyList<Point> Points => _points;

    /// <summary>The value at the step of a point; NaN at others.</summary>
    /// <param name="step">The step.</param>
    public double At(long step) =>
        _points.FindIndex(point => point.Step == step) is var found and >= 0 ? _points[found].Last : double.NaN;

    /// <summary>Adds a value; what is not finite counts in no mean.</summary>
    /// <param name="step">Its step; not less than the step before.</param>
    /// <param name="value">The value.</param>
    public void Add(long step, double value)
    {
        if (double.IsFinite(value))
        {
            if (Lowest is not { } low || value < low.Value)
                Lowest = (step, value);
            if (Highest is not { } high || value > high.Value)
                Highest = (step, value);
        }

        (Count, LastStep, Last) = (Count + 1, step, value);
        var point = Point.Of(step, value);
        if (_points.Count > 0 && _points[^1].Count < _width)
        {
            _points[^1] = _points[^1].With(point);
            return;
        }

        if (_points.Count == capacity)
            Halve();
        _points.Add(point);
    }

    private void Halve()
    {
        for (int i = 0; i < _points.Count / 2; i++)
            _points[i] = _points[2 * i].With(_points[(2 * i) + 1]);
        _points.RemoveRange(_points.Count / 2, _points.Count - (_points.Count / 2));
        _width *= 2;
    }

    /// <summary>Some values in a row.</summary>
    /// <param name="Step">The step of the last of them.</param>
    /// <param name="Last">The last of them.</param>
    /// <param name="Count">How many they are.</param>
    /// <param name="Finite">How many of them are finite.</param>
    /// <param name="Mean">Mean of the finite ones; NaN without one.</param>
    /// <param name="Low">The lowest finite one; NaN without one.</param>
    /// <param name="High">The highest finite one; NaN without one.</param>
    internal readonly record struct Point(
        long Step,
        double Last,
        long Count,
        long Finite,
        double Mean,
        double Low,
        double High
    )
    {
        public static Point Of(long step, double value) =>
            double.IsFinite(value)
                ? new(step, value, 1, 1, value, value, value)
                : new(step, value, 1, 0, double.NaN, double.NaN, double.NaN);

        public Point With(Point next)
        {
            if (Finite == 0 || next.Finite == 0)
            {
                Point values = Finite == 0 ? next : this;
                return values with { Step = next.Step, Last = next.Last, Count = Count + next.Count };
            }

            long finite = Finite + next.Finite;
            return new Point(
                next.Step,
                next.Last,
                Count + next.Count,
                finite,
                Mean + ((next.Mean - Mean) * next.Finite / finite),
                Math.Min(Low, next.Low),
                Math.Max(High, next.High)
            );
        }
    }
}
