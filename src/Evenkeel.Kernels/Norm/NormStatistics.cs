namespace Evenkeel.Kernels.Norm;

/// <summary>Statistics to normalise with: one mean and one biased variance per channel.</summary>
internal readonly unsafe struct NormStatistics(double* mean, double* variance, float epsilon)
{
    public double* Mean { get; } = mean;

    public double* Variance { get; } = variance;

    public float Epsilon { get; } = epsilon;
}
