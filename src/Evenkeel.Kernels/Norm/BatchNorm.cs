namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Batch normalisation of [rows, channels] matrices with the statistics of the batch, fused with the activation behind it
/// (Ioffe &amp; Szegedy 2015, Algorithm 1). For images, rows = batch * height * width with channels last.
/// <para>
/// Statistics are taken in blocks of rows relative to the block's first row and merged in double precision, so they hold
/// for means 10^4 times the standard deviation, and a constant channel gives exactly beta, also without epsilon. Results do
/// not depend on the number of threads or on the width of the machine's registers. Deviations beyond 10^18 overflow
/// single precision; NaN and infinities in a channel make its statistics NaN and leave the other channels alone.
/// </para>
/// </summary>
public static partial class BatchNorm;
