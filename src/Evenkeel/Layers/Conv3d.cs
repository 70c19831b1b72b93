using Evenkeel.Graphs;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// Convolution over volumes of [depth, height, width, channels]: the planes that a kernel covers in depth become channels of one image, and
/// one convolution of images does the rest. Weights are stored [kernel height, kernel width, channels per group and kernel depth,
/// filters] and written to files as [filters, channels per group, kernel depth, kernel height, kernel width].
/// </summary>
/// <param name="Filters">Channels made, 1 or more.</param>
/// <param name="Depth">Kernel, stride and padding (zeros) in depth.</param>
/// <param name="Plane">The same over rows and columns.</param>
/// <param name="Bias">Whether a bias is added; batch normalisation behind the layer makes it useless (paper, section 3.2).</param>
public sealed record Conv3d(int Filters, AxisWindow Depth, Window Plane, bool Bias = true)
    : ConvolutionLayer(Filters, Bias)
{
    /// <inheritdoc/>
    public override string Kind => "conv3d";

    /// <inheritdoc/>
    public override bool IsPadded => Depth.IsPadded || Plane.IsPadded;

    // A kernel of one plane that skips none reads the images as they are.
    private bool IsPlanar => Depth is { Length: 1, Stride: 1, IsPadded: false };

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        var volume = new Volume(inputs[0]);
        (int height, int width) = Plane.Places(volume.Plane);
        int depth = Depth.Places(volume.Depth);
        Check(volume.Channels, (long)Depth.Length * Plane.Height * Plane.Width);
        if ((long)depth * volume.Plane.Count * Depth.Length > int.MaxValue)
            throw new ArgumentException("the planes that its kernel covers are more than 2^31-1 values");
        return new Shape(depth, height, width, Filters);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs)
    {
        int perGroup = inputs[0].Channels / Groups;
        IReadOnlyList<TensorSpec> tensors = TensorsOf(Plane.Height, Plane.Width, perGroup * Depth.Length, Filters);
        TensorSpec weight = tensors[0] with
        {
            FileDimensions = [Filters, perGroup, Depth.Length, Plane.Height, Plane.Width],
        };
        return [weight, .. tensors.Skip(1)];
    }

    /// <inheritdoc/>
    private protected override ConvolutionFrames Frames(Shape input)
    {
        var volume = new Volume(input);
        return new ConvolutionFrames(Conv2d.ShapeOf(Plane, Taps(volume), Filters, Groups), Depth.Places(volume.Depth));
    }

    /// <inheritdoc/>
    private protected override int Operand(ForwardContext context)
    {
        if (IsPlanar)
            return context.Input(0);
        var volume = new Volume(context.InputShape(0));
        int x = context.Input(0);
        if (Depth.IsPadded)
        {
            int padded = context.KeepPerExample("padded", Padded(volume).Count, ElementType.Float32);
            context.Emit(new GatherAxes(context.Name, PadTables(volume), 0, x, padded));
            x = padded;
        }

        int taps = context.KeepPerExample("taps", TapCount(volume), ElementType.Float32);
        context.Emit(new GatherAxes(context.Name, TapTables(volume), 0, x, taps));
        return taps;
    }

    /// <inheritdoc/>
    private protected override int Operand(BackwardContext context) =>
        IsPlanar ? context.Input(0) : context.Kept("taps");

    /// <inheritdoc/>
    private protected override void GradientToInput(BackwardContext context, ConvolutionFrames frames, int dy)
    {
        if (IsPlanar)
        {
            base.GradientToInput(context, frames, dy);
            return;
        }

        if (context.InputGradient(0) is not { } dx)
            return;
        var volume = new Volume(context.InputShape(0));
        int dtaps = context.Temporary("dtaps", TapCount(volume));
        int w = context.Tensor("weight");
        context.Emit(
            new ConvolutionGradientToInput(context.Name, frames.Shape, false, dy, w, dtaps) { Frames = frames.Count }
        );
        int dpadded = Depth.IsPadded ? context.Temporary("dpadded", Padded(volume).Count) : dx;
        context.Emit(new ScatterAxes(context.Name, TapTables(volume), dtaps, dpadded));
        if (Depth.IsPadded)
            context.Emit(new ScatterAxes(context.Name, PadTables(volume), dpadded, dx));
    }

    private int TapCount(Volume volume) => Depth.Places(volume.Depth) * Taps(volume).Count;

    // One image of the convolution: each channel is as many as planes are covered.
    private Shape Taps(Volume volume) =>
        new(volume.Plane.Dimensions[0], volume.Plane.Dimensions[1], volume.Channels * Depth.Length);

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
