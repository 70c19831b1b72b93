using System.Diagnostics;
using System.Globalization;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Terminal;

/// <summary>Work being followed. Reporting costs next to nothing, so it may be done at every step.</summary>
internal abstract class ProgressTask(string title, string unit, long start, long total)
{
    private readonly long _start = start;
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>What is done.</summary>
    public string Title { get; } = CleanText.Cell(title);

    /// <summary>What is counted.</summary>
    public string Unit { get; } = unit;

    /// <summary>How much there is.</summary>
    public long Total { get; } = total;

    /// <summary>How much is done.</summary>
    public long Done { get; private set; } = start;

    /// <summary>Values beside the progress, such as <c>loss 0.123  accuracy 97.1%</c>.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>The course of the value that is followed.</summary>
    protected Sparkline Curve { get; } = new();

    /// <summary>How fast, per second, since it began.</summary>
    public double Rate => (Done - _start) / Math.Max(Stopwatch.GetElapsedTime(_began).TotalSeconds, 1e-9);

    /// <summary>Time left at that rate.</summary>
    public TimeSpan Left => Rate > 0 ? TimeSpan.FromSeconds(Math.Min((Total - Done) / Rate, 1e9)) : TimeSpan.Zero;

    /// <summary>Whether the next report is shown; values need to be described only then.</summary>
    public abstract bool IsDue { get; }

    /// <summary>Says how much is done.</summary>
    public void Report(long done)
    {
        Done = done;
        Show();
    }

    /// <summary>Says what the values are; shown with the next report.</summary>
    public void Describe(FormattableString detail) =>
        Detail = CleanText.Cell(detail.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds to the course of the value that is followed, such as the loss.</summary>
    public void Plot(double value) => Curve.Add(value);

    /// <summary>Shows the state, if it is time.</summary>
    protected abstract void Show();

    /// <summary>The time left with a word; empty at the end, and before there is a rate to tell it by.</summary>
    protected string LeftText() => Done < Total && Rate > 0 ? $"{TimeText.Of(Left)} left" : "";

    /// <summary>The rate as people read it.</summary>
    protected string RateText() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Rate >= 100 ? $"{Rate:F0}" : $"{Rate:F1}")} {Unit}/s");
}
