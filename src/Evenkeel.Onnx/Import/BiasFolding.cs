using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Import;

/// <summary>
/// Files write x W + b as a product and a sum. The sum becomes the bias of the layer before it, where nothing else reads the product.
/// </summary>
internal static class BiasFolding
{
    /// <summary>The graph with such sums taken in; <paramref name="tensors"/> gets the biases.</summary>
    public static Graph Run(Graph graph, Dictionary<string, float[]> tensors)
    {
        var editor = new GraphEditor(graph);
        foreach (Node sum in graph.Nodes.Where(n => n.Layer is ChannelAffine))
        {
            if (!tensors[$"{sum.Name}.weight"].All(v => v == 1) || WithBias(editor, sum.Name) is not { } biased)
                continue;
            string before = editor[sum.Name].Inputs[0];
            tensors[$"{before}.bias"] = tensors[$"{sum.Name}.bias"];
            editor.Replace(before, biased).Bypass(sum.Name);
        }

        return editor.ToGraph();
    }

    private static Layer? WithBias(GraphEditor graph, string sum)
    {
        Node before = graph[graph[sum].Inputs[0]];
        if (graph.IsOutput(before.Name) || graph.Consumers(before.Name).Count != 1)
            return null;
        return before.Layer switch
        {
            Linear { Bias: false } linear => linear with { Bias = true },
            ConvolutionLayer { Bias: false } convolution => convolution with { Bias = true },
            ConvTranspose2d { Bias: false } transposed => transposed with { Bias = true },
            _ => null,
        };
    }
}
