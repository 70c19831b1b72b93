namespace Evenkeel.Onnx.Export;

/// <summary>Layers that give values other dimensions.</summary>
internal static class ReshapeExport
{
    public static string Flatten(NodeExport node)
    {
        Shape shape = node.InputShape;
        if (shape.Dimensions.Length == 1)
            return node.Inputs[0];
        bool moves = !node.MakesFlattened && shape.Positions > 1 && shape.Channels > 1;
        string x = moves ? TransposeExport.ToLast(node, node.Inputs[0], shape.Dimensions.Length) : node.Inputs[0];
        return node.Emit("Flatten", [x], NodeExport.Attribute("axis", 1));
    }

    public static string Reshape(NodeExport node)
    {
        Shape target = node.Node.Shape;
        string x = TransposeExport.ToLast(node, node.Inputs[0], node.InputShape.Dimensions.Length),
            shape = node.Integers("shape", [-1, .. target.Dimensions.Select(d => (long)d)]);
        return target.Dimensions.Length == 1
            ? node.Emit("Reshape", [x, shape])
            : TransposeExport.ToFirst(
                node,
                node.EmitAs($"{node.Name}.rows", "Reshape", [x, shape]),
                target.Dimensions.Length
            );
    }
}
