namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>
/// What the Jacobian of a normalised layer of very many units is before training. What goes into the nonlinearity f is then z, normal with mean 0 and
/// deviation 1; independent weights and the next normalisation give its mean square singular value as E[f'(z)^2] / Var[f(z)]. By the Gaussian Poincare
/// inequality that is 1 or more, and 1 for straight lines alone. The factor is that of Yang et al. (2019) for ReLU, pi / (pi - 1).
/// </summary>
internal static class WideLimit
{
    // Beyond 12 deviations the density is below 1e-31.
    private const double Range = 12;
    private const int Intervals = 24_000;

    /// <summary>The root mean square singular value.</summary>
    public static double RootMeanSquare(DeepActivation activation)
    {
        (Func<double, double> value, Func<double, double> slope) = Functions(activation);
        double mean = Expected(value);
        double variance = Expected(z => Math.Pow(value(z) - mean, 2));
        return Math.Sqrt(Expected(z => Math.Pow(slope(z), 2)) / variance);
    }

    // The midpoint rule: no midpoint is the kink of a rectifier, and for smooth functions it converges faster than any power.
    private static double Expected(Func<double, double> f)
    {
        double step = 2 * Range / Intervals;
        return Enumerable
                .Range(0, Intervals)
                .Select(i => -Range + ((i + 0.5) * step))
                .Sum(z => f(z) * Math.Exp(-z * z / 2))
            * step
            / Math.Sqrt(2 * Math.PI);
    }

    private static (Func<double, double> Value, Func<double, double> Slope) Functions(DeepActivation activation) =>
        activation switch
        {
            DeepActivation.Sigmoid => (Logistic, z => Logistic(z) * (1 - Logistic(z))),
            DeepActivation.Tanh => (Math.Tanh, z => 1 - Math.Pow(Math.Tanh(z), 2)),
            _ => (z => Math.Max(z, 0), z => z > 0 ? 1 : 0),
        };

    private static double Logistic(double z) => 1 / (1 + Math.Exp(-z));
}
