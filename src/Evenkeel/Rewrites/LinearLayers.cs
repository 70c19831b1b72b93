using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>
/// The layers that an affine map can become part of: linear, convolution, transposed convolution, and those that are affine maps themselves.
/// </summary>
internal static class LinearLayers
{
    /// <summary>Whether a layer mixes channels by weights.</summary>
    public static bool Is(Layer layer) => layer is Linear or ConvTranspose2d or ConvolutionLayer;

    /// <summary>Whether a layer has one factor and one offset for each value or channel.</summary>
    public static bool IsAffine(Layer layer) => layer is ChannelAffine or BatchNorm;

    /// <summary>How many values of its output a layer has weights of their own for.</summary>
    public static int OutputPeriod(Node node) =>
        node.Layer is BatchNorm norm ? norm.StatisticsOf(node.Shape).Count : node.Shape.Channels;

    /// <summary>Whether a layer adds a bias.</summary>
    public static bool HasBias(Layer layer) =>
        layer is Linear { Bias: true } or ConvolutionLayer { Bias: true } or ConvTranspose2d { Bias: true };

    /// <summary>The layer with a bias, which the map's shift goes into, or without.</summary>
    public static Layer WithBias(Layer layer, bool bias = true) =>
        layer switch
        {
            Linear linear => linear with { Bias = bias },
            ConvolutionLayer convolution => convolution with { Bias = bias },
            ConvTranspose2d transposed => transposed with { Bias = bias },
            _ => throw new ArgumentException($"A {layer.Kind} has no bias.", nameof(layer)),
        };

    /// <summary>The output channel that a weight, given by its place in memory, contributes to.</summary>
    public static int OutputOf(Layer layer, Shape input, int weight) =>
        layer switch
        {
            Linear linear => weight % linear.Units,
            ConvolutionLayer convolution => weight % convolution.Filters,
            ConvTranspose2d transposed => OutputOf(transposed, input.Channels, weight),
            ChannelAffine or BatchNorm => weight,
            _ => throw new ArgumentException($"A {layer.Kind} has no weights of channels.", nameof(layer)),
        };

    /// <summary>The channels that a weight of a linear, convolution or affine layer leads from and to.</summary>
    public static (int Input, int Output) Ends(Layer layer, Shape input, int weight)
    {
        int output = OutputOf(layer, input, weight);
        if (layer is ChannelAffine)
            return (output, output);
        (int outputs, int groups) = layer switch
        {
            Linear linear => (linear.Units, 1),
            ConvolutionLayer convolution => (convolution.Filters, convolution.Groups),
            _ => throw new ArgumentException($"A {layer.Kind} has no weights per input channel.", nameof(layer)),
        };
        // Weights are [..., inputs of a group, kernel depth, outputs].
        int depth = layer is Conv3d volume ? volume.Depth.Length : 1,
            inputs = input.Channels / groups;
        return ((output / (outputs / groups) * inputs) + (weight / outputs / depth % inputs), output);
    }

    // Stored [..., filters of a group, channels]; the channel says which group it is.
    private static int OutputOf(ConvTranspose2d layer, int channels, int weight)
    {
        int perGroup = layer.Filters / layer.Groups,
            group = weight % channels / (channels / layer.Groups);
        return (group * perGroup) + (weight / channels % perGroup);
    }
}
