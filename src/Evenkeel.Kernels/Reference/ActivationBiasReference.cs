namespace Evenkeel.Kernels.Reference;

/// <summary>Column sums of a gradient in double precision.</summary>
internal static class ActivationBiasReference
{
    /// <summary>db[j] = sum over i of dz[i, j].</summary>
    public static double[] Sums(int channels, double[] dz)
    {
        double[] db = new double[channels];
        for (int i = 0; i < dz.Length; i++)
            db[i % channels] += dz[i];
        return db;
    }
}
