using Evenkeel.Layers;

namespace Evenkeel.Testing.Networks;

/// <summary>Functions of one value in double precision, straight from their definitions.</summary>
internal static class DoubleFunctions
{
    public static double Value(UnaryFunction function, double x) =>
        function switch
        {
            Sigmoid => 1 / (1 + Math.Exp(-x)),
            Tanh => Math.Tanh(x),
            Relu => Math.Max(x, 0),
            LeakyRelu leaky => x > 0 ? x : leaky.Slope * x,
            Elu elu => x > 0 ? x : elu.Alpha * (Math.Exp(x) - 1),
            Clip clip => Math.Clamp(x, clip.Least, clip.Most),
            HardSigmoid hard => Math.Clamp((hard.Slope * x) + hard.Offset, 0, 1),
            HardSwish => x * Math.Clamp(x + 3, 0, 6) / 6,
            Swish => x / (1 + Math.Exp(-x)),
            Softplus => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))),
            Gelu => x / 2 * (1 + ErrorFunction(x / Math.Sqrt(2))),
            GeluTanh => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
            Exp => Math.Exp(x),
            Log => Math.Log(x),
            Sqrt => Math.Sqrt(x),
            Reciprocal => 1 / x,
            Abs => Math.Abs(x),
            Erf => ErrorFunction(x),
            Power power => Math.Pow(x, power.Exponent),
            _ => throw new NotSupportedException(function.Kind),
        };

    // 2 / sqrt(pi) e^(-x^2) times the sum of 2^n x^(2n+1) / (1 3 5 ... 2n+1), whose terms have one sign; beyond 6 it is 1 to the last bit.
    private static double ErrorFunction(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        double term = x,
            sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
