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

    /// <summary>Classical or Nesterov's momentum.</summary>
    public static void SgdMomentum(
        double[] p,
        double[] g,
        double[] v,
        double learningRate,
        double mu,
        double weightDecay,
        bool nesterov = false
    )
    {
        for (int i = 0; i < p.Length; i++)
        {
            v[i] = (mu * v[i]) + g[i];
            double direction = nesterov ? g[i] + (mu * v[i]) : v[i];
            p[i] -= learningRate * (direction + (weightDecay * p[i]));
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
