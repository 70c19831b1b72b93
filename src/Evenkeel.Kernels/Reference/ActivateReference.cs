using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

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
            Clip clip => y > clip.Least && y < clip.Most ? 1 : 0,
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
            Clip clip => double.IsNaN(x) ? x : Math.Clamp(x, clip.Least, clip.Most),
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
            Clip clip => x > clip.Least && x < clip.Most ? 1 : 0,
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

/// <summary>Checks of the activations on this machine.</summary>
internal static class ActivateChecks
{
    // Odd, so that every width has a tail, and more than one chunk.
    private const int Length = 20_001;
    private const float Limit = 12f;

    // Backward works from rounded outputs: near saturation their rounding is that of 1, half an ulp or 6e-8, a few times. Relative to
    // slopes above 1.
    private const double BackwardTolerance = 4e-7;

    /// <summary>All of them.</summary>
    public static IEnumerable<KernelCheck> All =>
        [
            .. Of(default(Identity), 0),
            .. Of(default(Relu), 0),
            .. Of(default(Sigmoid), 3),
            .. Of(default(Tanh), 3),
            .. Of(new LeakyRelu(), 0.5),
            .. Of(new Elu(), 2),
            .. Of(new Clip(), 0),
            .. Of(new HardSigmoid(), 0.6),
            .. Of(default(HardSwish), 2),
            .. Of(default(Softplus), 3),
            .. Of(default(Swish), 5),
            .. Of(default(Exp), 2),
            .. Of(default(Log), 2.1),
            .. Of(default(SquareRoot), 0.5),
            .. Of(default(Reciprocal), 0.5),
            .. Of(default(AbsoluteValue), 0),
            .. Of(default(Square), 0.5),
            .. Of(default(Cube), 1.5),
            .. Of(new Power(2.5f), 0.51),
            .. Of(default(ErrorFunction), 1),
            .. Of(default(Gelu), 6),
            // The argument of the exponential is rounded three times and is 105 at most before the result vanishes.
            .. Of(default(GeluTanh), 400),
        ];

    private static IEnumerable<KernelCheck> Of<TAct>(TAct act, double forwardUlps)
        where TAct : struct, IActivation
    {
        string name = typeof(TAct).Name;
        yield return new($"Activate.Forward {name}", $"{Length}", pool => new(Forward(pool, act), forwardUlps));
        yield return new($"Activate.Backward {name}", $"{Length}", pool => new(Backward(pool, act), BackwardTolerance));
    }

    private static double Forward<TAct>(WorkerPool pool, TAct act)
        where TAct : struct, IActivation
    {
        float[] x = Inputs();
        float[] y = new float[Length];
        Activate.Forward(pool, act, x, y);
        return UlpError.Largest(y, Array.ConvertAll(x, v => ActivateReference.Value(act, v)));
    }

    private static double Backward<TAct>(WorkerPool pool, TAct act)
        where TAct : struct, IActivation
    {
        float[] x = Inputs();
        float[] ones = new float[Length];
        float[] read = new float[Length];
        float[] dx = new float[Length];
        Array.Fill(ones, 1f);
        if (TAct.GradientUsesOutput)
            Activate.Forward(pool, act, x, read);
        else
            x.CopyTo(read, 0);
        Activate.Backward(pool, act, read, ones, dx);
        double error = 0;
        for (int i = 0; i < Length; i++)
            error = Math.Max(error, SlopeError(dx[i], ActivateReference.Derivative(act, x[i])));
        return error;
    }

    private static double SlopeError(float actual, double expected) =>
        actual.Equals((float)expected) ? 0 : Math.Abs(actual - expected) / Math.Max(1, Math.Abs(expected));

    private static float[] Inputs()
    {
        float[] x = new float[Length];
        for (int i = 0; i < Length; i++)
            x[i] = Limit * ((2f * i / (Length - 1)) - 1f);
        return x;
    }
}
