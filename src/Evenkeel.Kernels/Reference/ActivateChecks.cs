using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

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
