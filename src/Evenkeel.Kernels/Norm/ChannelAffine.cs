namespace Evenkeel.Kernels.Norm;

/// <summary>
/// y = g(scale * x + shift) per channel of [rows, channels] matrices: what batch normalisation becomes for inference
/// (Ioffe &amp; Szegedy 2015, Algorithm 2, lines 8 to 11).
/// </summary>
public static partial class ChannelAffine;
