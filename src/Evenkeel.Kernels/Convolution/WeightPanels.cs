namespace Evenkeel.Kernels.Convolution;

/// <summary>Where packed weights go: panel after panel, <see cref="Width"/> columns of the product each.</summary>
/// <param name="first">The first panel.</param>
/// <param name="panelFloats">Floats from each panel to the next.</param>
/// <param name="width">Columns of a panel.</param>
/// <param name="columns">Columns of all panels; the last panel may be filled up with zeros.</param>
internal readonly unsafe struct WeightPanels(float* first, nint panelFloats, int width, int columns)
{
    /// <summary>Columns of a panel.</summary>
    public int Width => width;

    /// <summary>Columns of all panels.</summary>
    public int Columns => columns;

    /// <summary>Panel <paramref name="index"/>.</summary>
    public float* Panel(int index) => first + (index * panelFloats);
}
