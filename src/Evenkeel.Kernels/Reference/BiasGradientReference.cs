namespace Evenkeel.Kernels.Reference;

/// <summary>Column sums as the plain double loop in double precision.</summary>
public static class BiasGradientReference
{
    /// <summary>db[j] = sum over i of dy[i, j], and the sum of |dy[i, j]|, which rounding errors are in proportion to.</summary>
    public static void Run(int rows, int channels, ReadOnlySpan<float> dy, Span<double> db, Span<double> magnitude)
    {
        db.Clear();
        magnitude.Clear();
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < channels; j++)
            {
                db[j] += dy[(i * channels) + j];
                magnitude[j] += Math.Abs(dy[(i * channels) + j]);
            }
        }
    }
}
