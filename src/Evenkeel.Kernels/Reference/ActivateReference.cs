using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Reference;

/// <summary>Activations and their derivatives in double precision, straight from their definitions.</summary>
public static class ActivateReference
{
    /// <summary>g', from what its kernel is given: the output where that is enough, the input elsewhere.</summary>
    /// <exception cref="NotSupportedException">No reference has been written for the activation.</exception>
    public static double Slope<TAct>(TAct act, double inputOrOutput)
        where TAct : struct, IActivation
    {
        double y = inputOrOutput;
        if (!TAct.GradientUsesOutput)
            return Derivative(act, inputOrOutput);
        return act switch
        {
            Sigmoid => y * (1 - y),
            Tanh => 1 - (y * y),
            Softplus => 1 - Math.Exp(-y),
            Elu elu => y > 0 ? 1 : y + elu.Alpha,
            Clip clip => y > clip.Min && y < clip.Max ? 1 : 0,
            HardSigmoid hard => y > 0 && y < 1 ? hard.Slope : 0,
            Exp => y,
            SquareRoot => 0.5 / y,
            Reciprocal => -y * y,
            _ => throw new NotSupportedException($"No reference for {typeof(TAct).Name}."),
        };
    }

    /// <summary>g(x).</summary>
    /// <exception cref="NotSupportedException">No reference has been written for the activation.</exception>
    public static double Value<TAct>(TAct act, double x)
        where TAct : struct, IActivation =>
        act switch
        {
            Identity => x,
            Relu => x > 0 || double.IsNaN(x) ? x : 0,
            Sigmoid => 1 / (1 + Math.Exp(-x)),
            Tanh => Math.Tanh(x),
            LeakyRelu leaky => x > 0 ? x : leaky.Slope * x,
            Elu elu => x > 0 ? x : elu.Alpha * ExpMinusOne(x),
            Clip clip => double.IsNaN(x) ? x : Math.Clamp(x, clip.Min, clip.Max),
            HardSigmoid hard => double.IsNaN(x) ? x : Math.Clamp((hard.Slope * x) + hard.Offset, 0, 1),
            HardSwish => double.IsNaN(x) || x == double.NegativeInfinity ? double.NaN : x * Math.Clamp(x + 3, 0, 6) / 6,
            Swish => x / (1 + Math.Exp(-x)),
            Softplus => Math.Max(x, 0) + LogOfOneAnd(Math.Exp(-Math.Abs(x))),
            _ => FunctionReference.Value(act, x),
        };

    /// <summary>g'(x), from the input; where g has a corner, the derivative from the left.</summary>
    /// <exception cref="NotSupportedException">No reference has been written for the activation.</exception>
    public static double Derivative<TAct>(TAct act, double x)
        where TAct : struct, IActivation =>
        act switch
        {
            Identity => 1,
            Relu => x > 0 ? 1 : 0,
            Sigmoid => 1 / (1 + Math.Exp(-x)) / (1 + Math.Exp(x)),
            Tanh => 1 / (Math.Cosh(x) * Math.Cosh(x)),
            LeakyRelu leaky => x > 0 ? 1 : leaky.Slope,
            Elu elu => x > 0 ? 1 : elu.Alpha * Math.Exp(x),
            Clip clip => x > clip.Min && x < clip.Max ? 1 : 0,
            HardSigmoid hard => Math.Abs((hard.Slope * x) + hard.Offset - 0.5) < 0.5 ? hard.Slope : 0,
            HardSwish => x <= -3 ? 0
            : x > 3 ? 1
            : (x / 3) + 0.5,
            Softplus => 1 / (1 + Math.Exp(-x)),
            Swish => (1 / (1 + Math.Exp(-x))) * (1 + (x / (1 + Math.Exp(x)))),
            _ => FunctionReference.Derivative(act, x),
        };

    // Kahan's correction: the rounding of 1 + z is undone by the quotient.
    private static double LogOfOneAnd(double z)
    {
        double sum = 1 + z;
        return sum == 1 ? z : Math.Log(sum) * (z / (sum - 1));
    }

    /// <summary>e^x - 1 without cancellation near 0.</summary>
    public static double ExpMinusOne(double x) =>
        Math.Abs(x) < 1 ? 2 * Math.Sinh(x / 2) * Math.Exp(x / 2) : Math.Exp(x) - 1;
}
