namespace Evenkeel.Reporting.Charts;

/// <summary>A table of numbers as shades, as data: what <see cref="SvgChart"/> draws, and what is stored to draw it again.</summary>
public sealed record HeatMapSpec
{
    /// <summary>The title above the map.</summary>
    public required string Title { get; init; }

    /// <summary>What varies from left to right.</summary>
    public required string XLabel { get; init; }

    /// <summary>What varies from top to bottom.</summary>
    public required string YLabel { get; init; }

    /// <summary>The columns.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows.</summary>
    public required IReadOnlyList<string> Rows { get; init; }

    /// <summary>The values: one list for each row, with one value for each column. What is not finite is an empty cell.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Values { get; init; }

    /// <summary>The texts in the cells, in the order of <see cref="Values"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Texts { get; init; }

    /// <summary>The value without shade.</summary>
    public required double Minimum { get; init; }

    /// <summary>The value of the deepest shade, above <see cref="Minimum"/>.</summary>
    public required double Maximum { get; init; }
}
