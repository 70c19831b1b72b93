namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Batch normalisation with given statistics, which are constants to the gradient: inference with running or population
/// statistics (Ioffe &amp; Szegedy 2015, Algorithm 2, line 11), and fine-tuning with them frozen.
/// </summary>
public static partial class FrozenBatchNorm;
