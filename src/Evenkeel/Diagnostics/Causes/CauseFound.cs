using Evenkeel.Rewrites;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>A named cause with its words.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Text">What was seen.</param>
/// <param name="Prevention">What to do beside repairing the statistics, or null.</param>
/// <param name="Conversion">The exact repair, or null for statistics that can only be measured anew.</param>
internal sealed record CauseFound(
    StatisticsCause Cause,
    string Text,
    string? Prevention = null,
    StatisticsConversion? Conversion = null
);
