using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Operations;

/// <summary>From what the user says to what a plan computes.</summary>
internal static class LayerOperations
{
    /// <summary>The network with operations in the place of the layers that may take over from their neighbours; the others compute what they say.</summary>
    public static Graph Lower(Graph graph) => graph.ReplaceEach<Layer>((_, layer) => Of(layer));

    private static Layer Of(Layer layer) =>
        layer switch
        {
            BatchNorm norm => new BatchNormOperation(norm),
            ExampleNorm norm => new ExampleNormOperation(norm),
            WhiteningNorm norm => new WhiteningOperation(norm),
            Conv3d { IsPlanar: false } volumes => new VolumeConvolutionOperation(volumes),
            ConvolutionLayer convolution => new ConvolutionOperation(convolution),
            Linear linear => new LinearOperation(linear),
            Add sum => new AddOperation(sum),
            _ => layer,
        };
}
