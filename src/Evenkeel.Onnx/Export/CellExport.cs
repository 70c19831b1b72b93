namespace Evenkeel.Onnx.Export;

/// <summary>Cells of recurrent networks, written out: ONNX has operators for whole sequences alone.</summary>
internal static class CellExport
{
    /// <summary>c' = sigmoid(f) c + sigmoid(i) tanh(g), and sigmoid(o).</summary>
    public static string Lstm(NodeExport node)
    {
        string[] gates = Parts(node, node.EmitAs($"{node.Name}.sum", "Add", node.Inputs[..2]), "gates", 4);
        string i = node.EmitAs($"{node.Name}.i", "Sigmoid", [gates[0]]),
            f = node.EmitAs($"{node.Name}.f", "Sigmoid", [gates[1]]),
            g = node.EmitAs($"{node.Name}.g", "Tanh", [gates[2]]),
            kept = node.EmitAs($"{node.Name}.kept", "Mul", [f, node.Inputs[2]]),
            added = node.EmitAs($"{node.Name}.added", "Mul", [i, g]);
        node.EmitMany("Sigmoid", [gates[3]], [node.Make(node.Node.Value(1))]);
        return node.Emit("Add", [kept, added]);
    }

    /// <summary>n + sigmoid(z) (h - n) with n = tanh(x + sigmoid(r) u).</summary>
    public static string Gru(NodeExport node)
    {
        string[] x = Parts(node, node.Inputs[0], "x", 3),
            u = Parts(node, node.Inputs[1], "u", 3);
        string r = Gate(node, "r", x[0], u[0]),
            z = Gate(node, "z", x[1], u[1]),
            reset = node.EmitAs($"{node.Name}.reset", "Mul", [r, u[2]]),
            sum = node.EmitAs($"{node.Name}.sum", "Add", [x[2], reset]),
            n = node.EmitAs($"{node.Name}.n", "Tanh", [sum]),
            change = node.EmitAs($"{node.Name}.change", "Sub", [node.Inputs[2], n]),
            kept = node.EmitAs($"{node.Name}.kept", "Mul", [z, change]);
        return node.Emit("Add", [n, kept]);
    }

    private static string Gate(NodeExport node, string name, string x, string u)
    {
        string sum = node.EmitAs($"{node.Name}.{name}.sum", "Add", [x, u]);
        return node.EmitAs($"{node.Name}.{name}", "Sigmoid", [sum]);
    }

    private static string[] Parts(NodeExport node, string value, string name, int count)
    {
        long units = node.Node.Shape.Count;
        string sizes = node.Integers($"{name}.sizes", [.. Enumerable.Repeat(units, count)]);
        string[] parts = [.. Enumerable.Range(0, count).Select(i => node.Unused($".{name}{i}"))];
        node.EmitMany("Split", [value, sizes], parts, NodeExport.Attribute("axis", 1));
        return parts;
    }
}
