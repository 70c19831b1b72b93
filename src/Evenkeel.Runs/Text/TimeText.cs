using System.Globalization;

namespace Evenkeel.Runs.Text;

/// <summary>Times as people read them.</summary>
internal static class TimeText
{
    /// <summary>Such as <c>2h 05m</c>, <c>5m 20s</c> or <c>7s</c>.</summary>
    public static string Of(TimeSpan time) =>
        time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}h {time.Minutes:00}m")
        : time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m {time.Seconds:00}s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds)}s");
}
