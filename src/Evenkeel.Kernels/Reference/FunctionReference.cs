using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Reference;

/// <summary>Functions of one value and their derivatives in double precision, straight from their definitions.</summary>
internal static class FunctionReference
{
    /// <summary>g(x).</summary>
    /// <exception cref="NotSupportedException">No reference has been written for the function.</exception>
    public static double Value<TAct>(TAct act, double x)
        where TAct : struct, IActivation =>
        act switch
        {
            Exp => Math.Exp(x),
            Log => Math.Log(x),
            SquareRoot => Math.Sqrt(x),
            Reciprocal => 1 / x,
            AbsoluteValue => Math.Abs(x),
            Square => x * x,
            Cube => x * x * x,
            Power power => Math.Pow(x, power.Exponent),
            ErrorFunction => ErrorFunctionReference.Value(x),
            Gelu => double.IsNegativeInfinity(x) ? 0 : x * Distribution(x),
            GeluTanh => x / (1 + Math.Exp(-2 * TanhArgument(x))),
            _ => throw new NotSupportedException($"No reference for {typeof(TAct).Name}."),
        };

    /// <summary>g'(x), from the input.</summary>
    /// <exception cref="NotSupportedException">No reference has been written for the function.</exception>
    public static double Derivative<TAct>(TAct act, double x)
        where TAct : struct, IActivation =>
        act switch
        {
            Exp => Math.Exp(x),
            Log => 1 / x,
            SquareRoot => 0.5 / Math.Sqrt(x),
            Reciprocal => -1 / (x * x),
            AbsoluteValue => double.IsNaN(x) ? x : Math.Sign(x),
            Square => 2 * x,
            Cube => 3 * x * x,
            Power power => power.Exponent * Math.Pow(x, power.Exponent - 1),
            ErrorFunction => 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x),
            Gelu => Distribution(x) + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)),
            GeluTanh => SlopeOfGeluTanh(x),
            _ => throw new NotSupportedException($"No reference for {typeof(TAct).Name}."),
        };

    // The normal distribution function.
    private static double Distribution(double x) => 0.5 * ErrorFunctionReference.Complement(-x / Math.Sqrt(2));

    private static double TanhArgument(double x) => Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x));

    private static double SlopeOfGeluTanh(double x)
    {
        double u = 2 * TanhArgument(x),
            slope = 2 * Math.Sqrt(2 / Math.PI) * (1 + (3 * 0.044715 * x * x));
        return (1 / (1 + Math.Exp(-u))) * (1 + (x * slope / (1 + Math.Exp(u))));
    }
}

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
