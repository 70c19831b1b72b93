using System.Collections.Immutable;

namespace Evenkeel.Diagnostics;

/// <summary>The singular values of a Jacobian: by which factors it stretches the directions of its inputs.</summary>
/// <param name="Values">
/// All of them, the largest first; of an estimate the largest ones, none of them above the true one but for rounding.
/// </param>
/// <param name="Residual">
/// 0 where all values are there. Of an estimate a bound of the spectral norm of what the values leave out, right with a probability of 0.999.
/// </param>
public sealed record JacobianSpectrum(ImmutableArray<double> Values, double Residual)
{
    /// <summary>Whether all singular values are there.</summary>
    public bool IsExact => Residual == 0;

    /// <summary>The largest.</summary>
    public double Maximum => Values[0];

    /// <summary>The smallest; NaN of an estimate, which does not know it.</summary>
    public double Minimum => IsExact ? Values[^1] : double.NaN;

    /// <summary>The middle one; NaN of an estimate.</summary>
    public double Median => IsExact ? Values[Values.Length / 2] : double.NaN;

    /// <summary>The root of their mean square, the mean factor of a random direction; NaN of an estimate.</summary>
    public double RootMeanSquare => IsExact ? Math.Sqrt(Values.Average(v => v * v)) : double.NaN;

    /// <summary>
    /// What a singular value is at most: the square of the i-th one is within the square of <see cref="Residual"/> of that of the i-th value (Weyl).
    /// </summary>
    /// <param name="index">Which one, the largest is 0.</param>
    public double UpperBound(int index) => double.Hypot(index < Values.Length ? Values[index] : 0, Residual);
}
