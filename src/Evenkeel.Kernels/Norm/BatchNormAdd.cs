namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Batch normalisation of [rows, channels] matrices, a shortcut added to it, and the activation behind both, in one pass:
/// the end of a residual block (He et al. 2016, figure 2). Statistics are given.
/// </summary>
public static partial class BatchNormAdd;
