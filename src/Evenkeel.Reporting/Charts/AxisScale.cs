namespace Evenkeel.Reporting.Charts;

/// <summary>How values are laid out along an axis.</summary>
public enum AxisScale
{
    /// <summary>Equal distances for equal differences.</summary>
    Linear,

    /// <summary>Equal distances for equal ratios; values that are not positive are gaps.</summary>
    Logarithmic,
}
