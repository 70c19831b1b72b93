namespace Evenkeel.Kernels.Norm;

/// <summary>What <see cref="IterativeWhitening"/> keeps of each group: Y_0 to Y_T-1, P_1 to P_T, then the trace.</summary>
/// <param name="first">The first group's.</param>
/// <param name="size">Channels of a group.</param>
/// <param name="iterations">T.</param>
internal readonly unsafe struct IterativeStates(double* first, int size, int iterations)
{
    private nint Square => (nint)size * size;

    private nint Stride => (2 * iterations * Square) + 1;

    /// <summary>P_T.</summary>
    public MatrixOperand Last => P(iterations);

    /// <summary>N P_k, for k from 0 to T - 1: N itself for 0.</summary>
    public MatrixOperand Y(int k) => new(first + (k * Square), Stride);

    /// <summary>P_k, for k from 1 to T.</summary>
    public MatrixOperand P(int k) => new(first + ((iterations + k - 1) * Square), Stride);

    /// <summary>The trace of a group's covariance.</summary>
    public ref double Trace(int group) => ref first[((group + 1) * Stride) - 1];
}
