namespace Evenkeel.Onnx.Export;

/// <summary>Both forms of GELU: an operator since version 20, written out before.</summary>
internal static class GeluExport
{
    private const int FirstOpset = 20;

    /// <summary>x / 2 (1 + erf(x / sqrt 2)).</summary>
    public static string ByErrorFunction(NodeExport node)
    {
        if (node.Options.Opset >= FirstOpset)
            return node.Emit("Gelu", node.Inputs);
        string x = node.Inputs[0],
            scaled = node.EmitAs($"{node.Name}.scaled", "Div", [x, Number(node, "root", MathF.Sqrt(2))]);
        return Gated(node, node.EmitAs($"{node.Name}.erf", "Erf", [scaled]));
    }

    /// <summary>x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).</summary>
    public static string ByTangent(NodeExport node)
    {
        if (node.Options.Opset >= FirstOpset)
            return node.Emit("Gelu", node.Inputs, NodeExport.Attribute("approximate", "tanh"));
        string x = node.Inputs[0],
            cube = node.EmitAs($"{node.Name}.cube", "Pow", [x, Number(node, "three", 3)]),
            small = node.EmitAs($"{node.Name}.small", "Mul", [cube, Number(node, "cubic", 0.044715f)]),
            sum = node.EmitAs($"{node.Name}.sum", "Add", [x, small]),
            scaled = node.EmitAs($"{node.Name}.scaled", "Mul", [sum, Number(node, "slope", MathF.Sqrt(2 / MathF.PI))]);
        return Gated(node, node.EmitAs($"{node.Name}.tanh", "Tanh", [scaled]));
    }

    private static string Gated(NodeExport node, string gate)
    {
        string sum = node.EmitAs($"{node.Name}.above", "Add", [gate, Number(node, "one", 1)]),
            product = node.EmitAs($"{node.Name}.product", "Mul", [node.Inputs[0], sum]);
        return node.Emit("Mul", [product, Number(node, "half", 0.5f)]);
    }

    private static string Number(NodeExport node, string name, float value) => node.Floats(name, [value]);
}
