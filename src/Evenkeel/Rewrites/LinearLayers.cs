using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>The layers that an affine map can become part of: linear, convolution, transposed convolution.</summary>
internal static class LinearLayers
{
    /// <summary>Whether a layer is one, and carries no other operation.</summary>
    public static bool Is(Layer layer) =>
        layer is Linear or ConvTranspose2d or Conv2d { Fused: null, Folded: null, StatisticsFor: null };

    /// <summary>The layer with a bias, which the map's shift goes into.</summary>
    public static Layer WithBias(Layer layer) =>
        layer switch
        {
            Linear linear => linear with { Bias = true },
            Conv2d convolution => convolution with { Bias = true },
            ConvTranspose2d transposed => transposed with { Bias = true },
            _ => throw new ArgumentException($"A {layer.Kind} has no bias.", nameof(layer)),
        };

    /// <summary>The output channel that a weight, given by its place in memory, contributes to.</summary>
    public static int OutputOf(Layer layer, Shape input, int weight) =>
        layer switch
        {
            Linear linear => weight % linear.Units,
            Conv2d convolution => weight % convolution.Filters,
            ConvTranspose2d transposed => OutputOf(transposed, input.Channels, weight),
            _ => throw new ArgumentException($"A {layer.Kind} has no weights of channels.", nameof(layer)),
        };

    // Stored [..., filters of a group, channels]; the channel says which group it is.
    private static int OutputOf(ConvTranspose2d layer, int channels, int weight)
    {
        int perGroup = layer.Filters / layer.Groups,
            group = weight % channels / (channels / layer.Groups);
        return (group * perGroup) + (weight / channels % perGroup);
    }
}
