using System.Globalization;

namespace Evenkeel.Cli.Experiments;

/// <summary>Where an experiment leaves its report if it is not told.</summary>
internal static class ExperimentFolder
{
    /// <summary><c>runs/NAME-time</c>.</summary>
    public static string Usual(string name) =>
        Path.Combine("runs", $"{name}-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");
}
