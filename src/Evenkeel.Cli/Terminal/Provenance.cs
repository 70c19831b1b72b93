using System.Globalization;
using System.Runtime.InteropServices;
using Evenkeel.Runs;

namespace Evenkeel.Cli.Terminal;

/// <summary>What else is needed to repeat a run: versions, system, processors, time.</summary>
internal static class Provenance
{
    public static string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"evenkeel {Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC"
        );

    public static string Version => RunRecord.Version;
}
