namespace Evenkeel.Reporting.Charts;

/// <summary>How a line is drawn; a second sign beside its colour.</summary>
public enum LineStyle
{
    /// <summary>Without gaps.</summary>
    Solid,

    /// <summary>Long dashes.</summary>
    Dashed,

    /// <summary>Dots.</summary>
    Dotted,
}
