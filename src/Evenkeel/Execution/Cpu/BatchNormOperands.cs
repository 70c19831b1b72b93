using Evenkeel.Kernels.Norm;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

/// <summary>What the kernels of batch normalisation are given, from the buffers of a step.</summary>
internal static class BatchNormOperands
{
    /// <summary>The matrices of a batch, of which <paramref name="output"/> may be a view.</summary>
    public static NormShape Shape(this CpuContext c, BatchNormSite site, int output) =>
        new(c.Batch * site.Positions, site.Channels, c.Stride(output, site.Channels));

    public static NormParameters Parameters(this CpuContext c, BatchNormSite site) =>
        new(c.Floats(site.Gamma), c.Floats(site.Beta), site.Convention.Epsilon);

    /// <summary>Statistics of the batch.</summary>
    public static ChannelMoments Moments(this CpuContext c, int mean, int variance) =>
        new(c.Doubles(mean), c.Doubles(variance));

    /// <summary>Running statistics; valid until the next are asked for.</summary>
    public static ChannelMoments RunningMoments(this CpuContext c, int mean, int variance) =>
        new(c.Widen(0, c.Floats(mean)), c.Widen(1, c.Floats(variance)));

    public static NormBackwardInputs Inputs(this CpuContext c, int x, int? y, int dy) =>
        new(c.Floats(x), y is { } output ? c.Floats(output) : default, c.Floats(dy));

    public static NormGradientOutputs Outputs(this CpuContext c, BatchNormGradients gradients) =>
        new(c.Floats(gradients.DX), c.Floats(gradients.DGamma), c.Floats(gradients.DBeta));
}
