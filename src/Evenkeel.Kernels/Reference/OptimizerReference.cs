using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reference;

/// <summary>One step of each optimiser in double precision, one parameter after the other.</summary>
public static class OptimizerReference
{
    /// <summary>Plain gradient descent.</summary>
    public static void Sgd(double[] p, double[] g, double learningRate, double weightDecay)
    {
        for (int i = 0; i < p.Length; i++)
            p[i] -= learningRate * (g[i] + (weightDecay * p[i]));
    }

    /// <summary>Classical momentum.</summary>
    public static void SgdMomentum(
        double[] p,
        double[] g,
        double[] v,
        double learningRate,
        double mu,
        double weightDecay
    )
    {
        for (int i = 0; i < p.Length; i++)
        {
            v[i] = (mu * v[i]) + g[i];
            p[i] -= learningRate * (v[i] + (weightDecay * p[i]));
        }
    }

    /// <summary>Nesterov's momentum.</summary>
    public static void SgdNesterov(
        double[] p,
        double[] g,
        double[] v,
        double learningRate,
        double mu,
        double weightDecay
    )
    {
        for (int i = 0; i < p.Length; i++)
        {
            v[i] = (mu * v[i]) + g[i];
            p[i] -= learningRate * (g[i] + (mu * v[i]) + (weightDecay * p[i]));
        }
    }

    /// <summary>Adagrad.</summary>
    public static void Adagrad(
        double[] p,
        double[] g,
        double[] s,
        double learningRate,
        double epsilon,
        double weightDecay
    )
    {
        for (int i = 0; i < p.Length; i++)
        {
            s[i] += g[i] * g[i];
            p[i] -= learningRate * ((g[i] / (Math.Sqrt(s[i]) + epsilon)) + (weightDecay * p[i]));
        }
    }
}

/// <summary>Adam with decoupled weight decay.</summary>
public readonly record struct AdamReference(
    double LearningRate,
    double Beta1,
    double Beta2,
    double Epsilon,
    double WeightDecay
)
{
    /// <summary>One step, the first being number 1.</summary>
    public void Step(double[] p, double[] g, double[] m, double[] v, long step)
    {
        for (int i = 0; i < p.Length; i++)
        {
            m[i] = (Beta1 * m[i]) + ((1 - Beta1) * g[i]);
            v[i] = (Beta2 * v[i]) + ((1 - Beta2) * g[i] * g[i]);
            double meanHat = m[i] / (1 - Math.Pow(Beta1, step));
            double squareHat = v[i] / (1 - Math.Pow(Beta2, step));
            p[i] -= LearningRate * ((meanHat / (Math.Sqrt(squareHat) + Epsilon)) + (WeightDecay * p[i]));
        }
    }
}

/// <summary>Checks of the optimisers on this machine: a few steps of each.</summary>
internal static class OptimizerChecks
{
    private const int Length = 20_001;
    private const int Steps = 5;
    private const float Rate = 0.01f;
    private const float Decay = 0.1f;
    private const float Mu = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    // Parameters lie in [-1, 1] and move by a few hundredths: one rounding of at most 6e-8 and a little more per step.
    private const double Tolerance = Steps * 1e-7;

    private delegate void FastStep(WorkerPool pool, float[] p, float[] g, float[] s, float[] t, long step);

    private delegate void PlainStep(double[] p, double[] g, double[] s, double[] t, long step);

    /// <summary>All of them.</summary>
    public static IEnumerable<KernelCheck> All =>
        [
            Of(
                "Sgd",
                (pool, p, g, _, _, _) => Sgd.Step(pool, p, g, Rate, Decay),
                (p, g, _, _, _) => OptimizerReference.Sgd(p, g, Rate, Decay)
            ),
            Of(
                "SgdMomentum",
                (pool, p, g, v, _, _) => SgdMomentum.Step(pool, p, g, v, Rate, Mu, Decay),
                (p, g, v, _, _) => OptimizerReference.SgdMomentum(p, g, v, Rate, Mu, Decay)
            ),
            Of(
                "SgdNesterov",
                (pool, p, g, v, _, _) => SgdNesterov.Step(pool, p, g, v, Rate, Mu, Decay),
                (p, g, v, _, _) => OptimizerReference.SgdNesterov(p, g, v, Rate, Mu, Decay)
            ),
            Of(
                "Adagrad",
                (pool, p, g, s, _, _) => Adagrad.Step(pool, p, g, s, Rate, Epsilon, Decay),
                (p, g, s, _, _) => OptimizerReference.Adagrad(p, g, s, Rate, Epsilon, Decay)
            ),
            Of(
                "Adam",
                (pool, p, g, m, v, step) => Adam.Step(pool, p, g, m, v, step, Rate, new(Mu, Beta2, Epsilon, Decay)),
                (p, g, m, v, step) => new AdamReference(Rate, Mu, Beta2, Epsilon, Decay).Step(p, g, m, v, step)
            ),
        ];

    private static KernelCheck Of(string name, FastStep fast, PlainStep plain) =>
        new($"{name}.Step", $"{Length}", pool => new(LargestError(pool, fast, plain), Tolerance));

    private static double LargestError(WorkerPool pool, FastStep fast, PlainStep plain)
    {
        var random = new Random(3);
        float[] p = Values(random);
        double[] expected = Array.ConvertAll(p, v => (double)v);
        (float[] s, float[] t) = (new float[Length], new float[Length]);
        (double[] wideS, double[] wideT) = (new double[Length], new double[Length]);
        for (int step = 1; step <= Steps; step++)
        {
            float[] g = Values(random);
            fast(pool, p, g, s, t, step);
            plain(expected, Array.ConvertAll(g, v => (double)v), wideS, wideT, step);
        }

        double error = 0;
        for (int i = 0; i < Length; i++)
            error = Math.Max(error, Math.Abs(p[i] - expected[i]));
        return error;
    }

    private static float[] Values(Random random)
    {
        float[] values = new float[Length];
        for (int i = 0; i < Length; i++)
            values[i] = (2f * random.NextSingle()) - 1f;
        return values;
    }
}
