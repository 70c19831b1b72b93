using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>Reductions: their axes are an attribute up to version 17 and an input since, of ReduceSum up to 12.</summary>
internal static class ReduceExport
{
    public static string Write(NodeExport node, string operation)
    {
        int rank = node.InputShape.Dimensions.Length;
        int[] axes = [.. ((Reduction)node.Node.Layer).Axes.Select(a => 1 + TransposeExport.InFile(a, rank)).Order()];
        bool asInput = node.Options.Opset >= (operation == "ReduceSum" ? 13 : 18);
        return asInput
            ? node.Emit(operation, [node.Inputs[0], node.Integers("axes", [.. axes.Select(a => (long)a)])])
            : node.Emit(operation, node.Inputs, NodeExport.Attribute("axes", axes));
    }
}
