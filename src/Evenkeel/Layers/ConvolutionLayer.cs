using Evenkeel.Graphs;
using Evenkeel.Kernels.Convolution;

namespace Evenkeel.Layers;

/// <summary>
/// A convolution over one, two or three dimensions. All are computed as convolutions of images: a line is an image of one row, and a
/// volume is as many images as it has places in depth.
/// </summary>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
/// <param name="Filters">Channels made, 1 or more.</param>
/// <param name="Bias">Whether a bias is added; batch normalisation behind the layer makes it useless (paper, section 3.2).</param>
public abstract record ConvolutionLayer(string Kind, int Filters, bool Bias) : Layer(Kind)
{
    /// <summary>Groups of channels that do not mix; as many as input channels for a depthwise convolution.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>How the weights begin; biases begin at 0.</summary>
    public Initializer Initializer { get; init; } = Linear.DefaultInitializer;

    /// <summary>Whether training may change weight and bias.</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>Whether windows reach over the border, where zeros stand.</summary>
    public abstract bool IsPadded { get; }

    /// <summary>The images that one example is, and the convolution of each.</summary>
    internal abstract ConvolutionPass Pass(Shape input);

    /// <summary>The convolution of each of some images by a window.</summary>
    private protected ConvolutionPass PassOf(Window window, Shape image, int frames) =>
        new(Conv2d.ShapeOf(window, image, window.Places(image), Filters, Groups), frames);

    /// <summary>Requires groups that divide the channels, and weights that can be counted.</summary>
    /// <param name="channels">Of the input.</param>
    /// <param name="window">Places of the kernel.</param>
    private protected void Check(int channels, long window)
    {
        if (Filters < 1)
            throw new ArgumentException($"it must make 1 filter or more, not {Filters}");
        if (Groups < 1 || channels % Groups != 0 || Filters % Groups != 0)
            throw new ArgumentException($"{Groups} groups must divide {channels} channels and {Filters} filters");
        if (window * (channels / Groups) * Filters > int.MaxValue)
            throw new ArgumentException("its weights are more than 2^31-1 values");
    }

    /// <summary>The tensors for weights of the given dimensions, the last of which are inputs of a group and filters.</summary>
    private protected IReadOnlyList<TensorSpec> TensorsOf(params ReadOnlySpan<int> dimensions) =>
        TensorSpec.WeightAndBias([.. dimensions], Filters, Bias, Initializer, Trainable);
}

/// <summary>A convolution of images.</summary>
/// <param name="Shape">The convolution of one image.</param>
/// <param name="Frames">Images that an example is, side by side in memory, before the convolution and behind it.</param>
internal readonly record struct ConvolutionPass(ConvolutionShape Shape, int Frames = 1)
{
    /// <summary>Multiplications and additions of the plain sum for a batch; those with zeros of the padding are counted.</summary>
    public double Operations(int batch) => 2.0 * batch * Frames * Shape.Positions * Shape.Weights;
}
