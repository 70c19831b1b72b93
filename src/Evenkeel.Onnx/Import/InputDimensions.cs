using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Import;

/// <summary>The shape of the input: the batch, symbolic or fixed, and the dimensions of one example.</summary>
internal static class InputDimensions
{
    public static (long? Batch, int[] Dimensions) Read(
        ValueInfoProto input,
        OnnxImportOptions options,
        Func<string, OnnxException> error
    )
    {
        if (input.Type?.TensorType is not { Shape: { } shape } type)
            throw error($"the input '{input.Name}' is no tensor of known shape");
        if (!TensorTypes.IsFloat((TensorType)type.ElemType))
            throw error($"the input '{input.Name}' is of element type {type.ElemType}; inputs of floats are imported");
        if (shape.Dim.Count == 0)
            throw error($"the input '{input.Name}' is a single number; its first dimension must be the batch");
        long? batch = shape.Dim[0].HasDimValue ? shape.Dim[0].DimValue : null;
        int[] dimensions =
        [
            .. shape.Dim.Skip(1).Select((dimension, axis) => Size(input.Name, dimension, axis + 1, options, error)),
        ];
        if (ConstantTensor.Product([.. dimensions.Select(d => (long)d)]) > options.MaxValuesPerExample)
            throw error($"the input '{input.Name}' has more values than the limit of {options.MaxValuesPerExample}");
        return (batch is > 0 ? batch : null, dimensions);
    }

    private static int Size(
        string name,
        TensorShapeProto.Types.Dimension dimension,
        int axis,
        OnnxImportOptions options,
        Func<string, OnnxException> error
    )
    {
        if (dimension.HasDimValue)
        {
            return dimension.DimValue is >= 1 and <= int.MaxValue
                ? (int)dimension.DimValue
                : throw error($"dimension {axis} of the input '{name}' is {dimension.DimValue}");
        }

        return options.Dimensions.TryGetValue(dimension.DimParam, out int size) && size > 0
            ? size
            : throw error(
                $"dimension {axis} of the input '{name}' is open ('{dimension.DimParam}'); give its size in the options"
            );
    }
}
