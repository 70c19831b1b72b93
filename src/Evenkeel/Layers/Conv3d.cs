using Evenkeel.Graphs;

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
    : ConvolutionLayer("conv3d", Filters, Bias)
{
    /// <inheritdoc/>
    public override bool IsPadded => Depth.IsPadded || Plane.IsPadded;

    /// <summary>Whether a kernel of one plane, which skips none, reads the images as they are.</summary>
    internal bool IsPlanar => Depth is { Length: 1, Stride: 1, IsPadded: false };

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
    internal override ConvolutionPass Pass(Shape input)
    {
        var volume = new Volume(input);
        return PassOf(Plane, Taps(volume), Depth.Places(volume.Depth));
    }

    /// <summary>One image of the convolution: each channel is as many as planes are covered.</summary>
    internal Shape Taps(Volume volume) =>
        new(volume.Plane.Dimensions[0], volume.Plane.Dimensions[1], volume.Channels * Depth.Length);
}
