namespace Evenkeel.Kernels.Reference;

/// <summary>One step of each optimiser in double precision, one parameter after the other.</summary>
internal static class OptimizerReference
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

    /// <summary>Adam with decoupled weight decay.</summary>
    public static void Adam(
        double[] p,
        double[] g,
        double[] m,
        double[] v,
        long step,
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay
    )
    {
        for (int i = 0; i < p.Length; i++)
        {
            m[i] = (beta1 * m[i]) + ((1 - beta1) * g[i]);
            v[i] = (beta2 * v[i]) + ((1 - beta2) * g[i] * g[i]);
            double meanHat = m[i] / (1 - Math.Pow(beta1, step));
            double squareHat = v[i] / (1 - Math.Pow(beta2, step));
            p[i] -= learningRate * ((meanHat / (Math.Sqrt(squareHat) + epsilon)) + (weightDecay * p[i]));
        }
    }
}
