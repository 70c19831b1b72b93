using Evenkeel.Kernels.Elementwise;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>A convolution of volumes: the planes that the kernel covers are gathered as channels of images first.</summary>
internal sealed record VolumeConvolutionOperation(Conv3d Volumes) : ConvolutionOperation(Volumes)
{
    private AxisWindow Depth => Volumes.Depth;

    /// <inheritdoc/>
    private protected override BufferId Operand(ForwardContext context)
    {
        var volume = new Volume(context.InputShape(0));
        BufferId x = context.Input(0);
        if (Depth.IsPadded)
        {
            BufferId padded = context.KeepPerExample("padded", Padded(volume).Count);
            context.Emit(new GatherAxes(context.Name, PadTables(volume), 0, x, padded));
            x = padded;
        }

        BufferId taps = context.KeepPerExample("taps", TapCount(volume));
        context.Emit(new GatherAxes(context.Name, TapTables(volume), 0, x, taps));
        return taps;
    }

    /// <inheritdoc/>
    private protected override BufferId Operand(BackwardContext context) => context.Kept("taps");

    /// <inheritdoc/>
    private protected override void GradientToInput(BackwardContext context, ConvolutionPass pass, BufferId dy)
    {
        if (context.InputGradient(0) is not { } dx)
            return;
        var volume = new Volume(context.InputShape(0));
        BufferId dtaps = context.Temporary("dtaps", TapCount(volume));
        EmitGradientToInput(context, pass, dy, new GradientTarget(dtaps));
        BufferId dpadded = Depth.IsPadded ? context.Temporary("dpadded", Padded(volume).Count) : dx;
        context.Emit(new ScatterAxes(context.Name, TapTables(volume), dtaps, dpadded));
        if (Depth.IsPadded)
            context.Emit(new ScatterAxes(context.Name, PadTables(volume), dpadded, dx));
    }

    private int TapCount(Volume volume) => Depth.Places(volume.Depth) * Volumes.Taps(volume).Count;

    private Volume Padded(Volume volume) => volume with { Depth = volume.Depth + Depth.Before + Depth.After };

    private AxisTables PadTables(Volume volume) =>
        new([
            [
                .. Enumerable
                    .Range(-Depth.Before, Padded(volume).Depth)
                    .Select(z => z < 0 || z >= volume.Depth ? AxisPlan.Nothing : z * volume.Plane.Count),
            ],
            [.. Enumerable.Range(0, volume.Plane.Count)],
        ]);

    // [depth made, positions of a plane, channels, kernel depth] from [depth, positions of a plane, channels].
    private AxisTables TapTables(Volume volume)
    {
        int plane = volume.Plane.Count;
        return new AxisTables([
            [.. Enumerable.Range(0, Depth.Places(volume.Depth)).Select(z => z * Depth.Stride * plane)],
            [.. Enumerable.Range(0, volume.Plane.Positions).Select(i => i * volume.Channels)],
            [.. Enumerable.Range(0, volume.Channels)],
            [.. Enumerable.Range(0, Depth.Length).Select(z => z * plane)],
        ]);
    }
}
