namespace Evenkeel.Reporting.Charts;

/// <summary>Which axis a marker line belongs to.</summary>
public enum MarkerAxis
{
    /// <summary>An upright line at a place of the x axis.</summary>
    X,

    /// <summary>A level line at a value of the y axis.</summary>
    Y,
}
