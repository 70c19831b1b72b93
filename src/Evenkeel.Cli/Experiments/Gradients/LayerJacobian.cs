using Evenkeel.Diagnostics;

namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>Singular values of the Jacobian from the input of one layer's nonlinearity to that of the next, of some examples together.</summary>
/// <param name="Layer">The layer it begins at, from 1 on.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="Median">The middle one.</param>
/// <param name="Maximum">The largest.</param>
/// <param name="RootMeanSquare">By how much a gradient grows on its way back, on average over its directions.</param>
/// <param name="NearOne">The part of them from 1/2 to 2.</param>
internal sealed record LayerJacobian(
    int Layer,
    double Minimum,
    double Median,
    double Maximum,
    double RootMeanSquare,
    double NearOne
)
{
    // Gradients are floats, and their sums err by some 1e-7 of the largest value.
    private const double Rounding = 1e-7;

    /// <summary>Of the spectra of some examples; what is rounding beside the largest value is 0, as for units of a rectifier that are cut off.</summary>
    public static LayerJacobian Of(int layer, IEnumerable<JacobianSpectrum> spectra)
    {
        double[] values = [.. spectra.SelectMany(s => s.Values).OrderDescending()];
        var all = new JacobianSpectrum([.. values.Select(v => v < Rounding * values[0] ? 0 : v)], 0);
        double near = (double)all.Values.Count(v => v is >= 0.5 and <= 2) / values.Length;
        return new LayerJacobian(layer, all.Minimum, all.Median, all.Maximum, all.RootMeanSquare, near);
    }
}
