using System.Collections.Immutable;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Files;

/// <summary>
/// The shape of the input: the batch, symbolic or fixed, and the dimensions of one example, as the file declares them and the options
/// complete them.
/// </summary>
internal static class InputDimensions
{
    /// <summary>The batch, where the file fixes it, and the dimensions of one example.</summary>
    /// <param name="proto">The input.</param>
    /// <param name="declared">What the file says of it.</param>
    /// <param name="options">Sizes that the file leaves open.</param>
    public static (long? Batch, int[] Dimensions) Read(
        ValueInfoProto proto,
        OnnxInput declared,
        OnnxImportOptions options
    )
    {
        if (proto.Type?.TensorType is not { } type)
            throw new OnnxException($"the input '{proto.Name}' is not a tensor");
        if (!TensorTypes.IsFloat((TensorType)type.ElemType))
            throw new OnnxException(
                $"the input '{proto.Name}' is of {TensorTypes.Name(type.ElemType)}; inputs of floats are imported"
            );
        OnnxInput input = Completed(declared, options);
        if (input.Dimensions is { Length: 0 })
            throw new OnnxException(
                $"the input '{proto.Name}' is a single number; its first dimension must be the batch"
            );
        if (input.IsOpen)
            throw new OnnxException(
                $"the input '{proto.Name}' is {OnnxDimension.List(input.Dimensions)}: {Remedy(input)}"
            );
        int[] dimensions = [.. input.Dimensions!.Value.RemoveAt(input.BatchAxis).Select(d => d.Size!.Value)];
        if (ConstantTensor.Product([.. dimensions.Select(d => (long)d)]) > options.MaxValuesPerExample)
            throw new OnnxException(
                $"the input '{proto.Name}' has more values than the limit of {options.MaxValuesPerExample}"
            );
        return (declared.Dimensions?[declared.BatchAxis].Size, dimensions);
    }

    /// <summary>The dimensions of one example of a value that the file says the shape of; null if it leaves sizes open.</summary>
    public static int[]? IfKnown(ValueInfoProto value, OnnxImportOptions options)
    {
        var known = OnnxInput.Of(value, new GraphProto());
        return
            known is { IsOpen: false, Dimensions: { Length: > 1 } dimensions }
            && TensorTypes.IsFloat((TensorType)value.Type.TensorType.ElemType)
            && ConstantTensor.Product([.. dimensions.Skip(1).Select(d => (long)d.Size!)]) <= options.MaxValuesPerExample
            ? [.. dimensions.Skip(1).Select(d => d.Size!.Value)]
            : null;
    }

    private static OnnxInput Completed(OnnxInput input, OnnxImportOptions options)
    {
        if (input.Dimensions is { } declared)
            input = input with { Dimensions = [.. declared.Select(d => Named(d, options))] };
        if (!options.InputShapes.TryGetValue(input.Name, out ImmutableArray<int> given))
            return input;
        string shape = $"[{string.Join(", ", given)}]";
        if (given.IsDefaultOrEmpty || given.Any(size => size < 1))
            throw new OnnxException($"the shape {shape} for the input '{input.Name}' has sizes below 1, or none");
        // Any number of examples fits.
        bool fits =
            input.Dimensions is not { } known
            || (
                known.Length == given.Length
                && known
                    .Zip(given)
                    .Where(
                        (pair, axis) => axis != input.BatchAxis && pair.First.Size is { } size && size != pair.Second
                    )
                    .Any()
                    is false
            );
        return fits
            ? input with
            {
                Dimensions = [.. given.Select(size => new OnnxDimension(size, ""))],
            }
            : throw new OnnxException($"the shape {shape} does not fit the input {input}");
    }

    private static OnnxDimension Named(OnnxDimension dimension, OnnxImportOptions options) =>
        dimension.Size is null && options.Dimensions.TryGetValue(dimension.Name, out int size) && size > 0
            ? dimension with
            {
                Size = size,
            }
            : dimension;

    private static string Remedy(OnnxInput input)
    {
        string example = input.Dimensions is { } known
            ? string.Join(',', known.Select((d, axis) => axis == input.BatchAxis ? "1" : d.Size?.ToString() ?? "SIZE"))
            : "1,CHANNELS,HEIGHT,WIDTH";
        return $"give the open sizes as input shape {input.Name}={example}";
    }
}
