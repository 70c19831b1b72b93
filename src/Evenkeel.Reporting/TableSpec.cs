namespace Evenkeel.Reporting;

/// <summary>A table. Columns in which every cell is a number are set flush right.</summary>
public sealed record TableSpec
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>What the columns hold, with units.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows, with one cell per column.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Rows { get; init; }
}
