using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>Channels cut into several values, which the file has in its second dimension.</summary>
internal static class SplitExport
{
    public static string Write(NodeExport node)
    {
        string sizes = node.Integers("sizes", [.. ((Split)node.Node.Layer).Sizes.Select(size => (long)size)]);
        string[] outputs = [.. node.Node.Values.Select(node.Make)];
        node.EmitMany("Split", [node.Inputs[0], sizes], outputs, NodeExport.Attribute("axis", 1));
        return outputs[0];
    }
}
