namespace Evenkeel.Kernels.Reference;

/// <summary>The error function in double precision.</summary>
internal static class ErrorFunctionReference
{
    private static readonly double RootOfPi = Math.Sqrt(Math.PI);

    /// <summary>erf x.</summary>
    public static double Value(double x) => Math.Abs(x) >= 2 ? Math.CopySign(1 - Fraction(Math.Abs(x)), x) : Series(x);

    /// <summary>1 - erf x, accurate relative to the result.</summary>
    public static double Complement(double x) =>
        x >= 2 ? Fraction(x)
        : x <= -2 ? 2 - Fraction(-x)
        : 1 - Series(x);

    // 2 / sqrt(pi) times the sum of (-1)^n x^(2n+1) / (n! (2n+1)): below 2, no term exceeds 4.
    private static double Series(double x)
    {
        double sum = x,
            power = x;
        for (int n = 1; Math.Abs(power) > 1e-18 * Math.Abs(x); n++)
        {
            power *= -x * x / n;
            sum += power / ((2 * n) + 1);
        }

        return 2 / RootOfPi * sum;
    }

    // Laplace's continued fraction, from its hundredth term: from 2 on that is exact to the last digits.
    private static double Fraction(double x)
    {
        // Below the least double.
        if (x > 28)
            return 0;
        double rest = x;
        for (int n = 100; n > 0; n--)
            rest = x + (n / 2.0 / rest);
        return Math.Exp(-x * x) / (RootOfPi * rest);
    }
}
