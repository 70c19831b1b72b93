namespace Evenkeel.Kernels.Reference;

/// <summary>Column sums as the plain double loop in double precision.</summary>
public static class BiasGradientReference
{
    /// <summary>db[j] = sum over i of dy[i, j].</summary>
    public static double[] Sums(int channels, double[] dy)
    {
        double[] db = new double[channels];
        for (int i = 0; i < dy.Length; i++)
            db[i % channels] += dy[i];
        return db;
    }
}
