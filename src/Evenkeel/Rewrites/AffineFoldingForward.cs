using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>
/// Folds an affine map into the linear or convolution layer behind it, for networks that normalise first: W'[i, o] = a[i] W[i, o],
/// b'[o] = b[o] + sum of c[i] W[i, o].
/// </summary>
internal static class AffineFoldingForward
{
    /// <summary>Why the value of a node cannot be folded into what reads it, or null if it can.</summary>
    public static string? Obstacle(Graph graph, Node node)
    {
        Node[] readers = [.. graph.Consumers(node.Name)];
        if (graph.OutputName == node.Name)
            return "its value is the network's output";
        if (readers.Length != 1)
            return $"its value is read by {readers.Length} layers";
        return readers[0].Layer switch
        {
            Linear => null,
            Conv2d { Fused: null, Folded: null, StatisticsFor: null } convolution => Padded(convolution.Window)
                ? $"'{readers[0].Name}' behind it pads with zeros, which stand for other values once the shift is in the bias"
                : null,
            ConvTranspose2d =>
                $"'{readers[0].Name}' behind it reads fewer places for outputs near the border, so that no bias holds the shift",
            _ => $"'{readers[0].Name}' behind it is not linear",
        };
    }

    /// <summary>
    /// Changes weights and bias of the layer behind, which has one, so that it also applies the map; <see cref="Obstacle"/> must have found none.
    /// </summary>
    public static void Apply(Model model, Node reader, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift)
    {
        Span<float> weight = model.Floats($"{reader.Name}.weight");
        Span<float> bias = model.Floats($"{reader.Name}.bias");
        int outputs = bias.Length,
            groups = reader.Layer is Conv2d grouped ? grouped.Groups : 1,
            inputs = scale.Length / groups;
        double[] sums = new double[outputs];
        // Weights are [..., inputs of a group, outputs]; a linear layer over several positions repeats the channels.
        for (int i = 0; i < weight.Length; i++)
        {
            int output = i % outputs,
                group = output / (outputs / groups),
                channel = (group * inputs) + (i / outputs % inputs);
            sums[output] += (double)shift[channel] * weight[i];
            weight[i] = (float)((double)weight[i] * scale[channel]);
        }

        for (int o = 0; o < outputs; o++)
            bias[o] = (float)(bias[o] + sums[o]);
    }

    private static bool Padded(Window window) =>
        (window.PadTop | window.PadLeft | window.PadBottom | window.PadRight) != 0;
}
