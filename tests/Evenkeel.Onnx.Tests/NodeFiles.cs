using Evenkeel.Onnx.Export;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Tests;

/// <summary>Small files written by hand.</summary>
internal static class NodeFiles
{
    /// <summary>A graph from <c>x</c> to <c>y</c>.</summary>
    public static ModelProto Model(int opset, int[] input, params NodeProto[] nodes)
    {
        var graph = new GraphProto();
        graph.Node.AddRange(nodes);
        graph.Input.Add(Info("x", [-1, .. input]));
        graph.Output.Add(Info("y", []));
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        return model;
    }

    public static NodeProto Node(string operation, string inputs, string outputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = operation, Name = $"{operation}_{outputs.Split(' ')[0]}" };
        node.Input.AddRange(inputs.Split(' '));
        node.Output.AddRange(outputs.Split(' '));
        node.Attribute.AddRange(attributes);
        return node;
    }

    public static ModelProto With(this ModelProto model, string name, float[] values, params long[] dimensions)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorType.Float };
        tensor.Dims.AddRange(dimensions);
        tensor.FloatData.AddRange(values);
        model.Graph.Initializer.Add(tensor);
        return model;
    }

    public static ModelProto With(this ModelProto model, string name, params long[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorType.Int64 };
        tensor.Dims.Add(values.Length);
        tensor.Int64Data.AddRange(values);
        model.Graph.Initializer.Add(tensor);
        return model;
    }

    public static AttributeProto Set(string name, long value) => NodeExport.Attribute(name, value);

    public static AttributeProto Set(string name, float value) => NodeExport.Attribute(name, value);

    public static ValueInfoProto Info(string name, int[] dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (int d in dimensions)
            shape.Dim.Add(
                d < 0
                    ? new TensorShapeProto.Types.Dimension { DimParam = "batch" }
                    : new TensorShapeProto.Types.Dimension { DimValue = d }
            );
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorType.Float, Shape = shape };
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = tensor },
        };
    }
}
