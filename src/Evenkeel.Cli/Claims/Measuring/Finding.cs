using Evenkeel.Reporting;

namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>What the measurement of a claim gave.</summary>
/// <param name="Verdict">The answer.</param>
/// <param name="Summary">The figures behind it, in one or two sentences.</param>
internal sealed record Finding(Verdict Verdict, string Summary)
{
    /// <summary>Networks, data, steps and seeds, in one sentence.</summary>
    public required string Scale { get; init; }

    /// <summary>The pictures.</summary>
    public IReadOnlyList<FigureSpec> Figures { get; init; } = [];

    /// <summary>The figures in full.</summary>
    public IReadOnlyList<TableSpec> Tables { get; init; } = [];
}
