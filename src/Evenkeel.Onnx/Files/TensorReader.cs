using System.Buffers.Binary;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Files;

/// <summary>From the format's tensors to arrays. Every length is checked against what is there before anything is allocated.</summary>
internal static class TensorReader
{
    /// <summary>Reads a tensor.</summary>
    /// <param name="tensor">The message.</param>
    /// <param name="external">The files beside the model; null if there is no folder.</param>
    /// <exception cref="OnnxException">Lengths do not agree, or the type is not read.</exception>
    public static ConstantTensor Read(TensorProto tensor, ExternalData? external)
    {
        long[] dimensions = [.. tensor.Dims];
        long count = ConstantTensor.Product(dimensions);
        var type = (TensorType)tensor.DataType;
        int size = TensorTypes.Bytes(type);
        if (tensor.DataLocation == 1)
        {
            if (external is null)
                throw Wrong(tensor, "its values lie in another file, but the model was not read from a folder");
            return FromBytes(external.Read(tensor, count * size), type, dimensions);
        }

        if (tensor.HasRawData)
        {
            return tensor.RawData.Length == count * size
                ? FromBytes(tensor.RawData.Memory, type, dimensions)
                : throw Wrong(tensor, $"it holds {tensor.RawData.Length} bytes, but its shape needs {count * size}");
        }

        return FromFields(tensor, type, count, dimensions);
    }

    /// <summary>An error that names the tensor.</summary>
    public static OnnxException Wrong(TensorProto tensor, string what) => new($"Tensor '{tensor.Name}': {what}.");

    private static ConstantTensor FromFields(TensorProto tensor, TensorType type, long count, long[] dimensions)
    {
        int found = type switch
        {
            TensorType.Float => tensor.FloatData.Count,
            TensorType.Double => tensor.DoubleData.Count,
            TensorType.Int64 => tensor.Int64Data.Count,
            TensorType.UInt32 or TensorType.UInt64 => tensor.Uint64Data.Count,
            _ => tensor.Int32Data.Count,
        };
        if (found != count)
            throw Wrong(tensor, $"it holds {found} values, but its shape needs {count}");
        return type switch
        {
            TensorType.Float => new([.. tensor.FloatData], dimensions),
            TensorType.Double => new([.. tensor.DoubleData.Select(v => (float)v)], dimensions),
            TensorType.Int64 => new([.. tensor.Int64Data], dimensions),
            TensorType.UInt32 or TensorType.UInt64 => new([.. tensor.Uint64Data.Select(Signed)], dimensions),
            TensorType.Float16 => new([.. tensor.Int32Data.Select(v => Half((ushort)v))], dimensions),
            TensorType.BFloat16 => new([.. tensor.Int32Data.Select(v => Brain((ushort)v))], dimensions),
            _ => new([.. tensor.Int32Data.Select(v => (long)v)], dimensions),
        };
    }

    private static ConstantTensor FromBytes(ReadOnlyMemory<byte> values, TensorType type, long[] dimensions)
    {
        if (type == TensorType.Float && BitConverter.IsLittleEndian)
            return new ConstantTensor(values, dimensions);
        ReadOnlySpan<byte> bytes = values.Span;
        int size = TensorTypes.Bytes(type),
            count = bytes.Length / size;
        float[] floats = TensorTypes.IsFloat(type) ? new float[count] : [];
        long[] integers = TensorTypes.IsFloat(type) ? [] : new long[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> value = bytes.Slice(i * size, size);
            if (TensorTypes.IsFloat(type))
                floats[i] = Float(value, type);
            else
                integers[i] = Integer(value, type);
        }

        return TensorTypes.IsFloat(type) ? new(floats, dimensions) : new(integers, dimensions);
    }

    private static float Float(ReadOnlySpan<byte> value, TensorType type) =>
        type switch
        {
            TensorType.Float16 => Half(BinaryPrimitives.ReadUInt16LittleEndian(value)),
            TensorType.BFloat16 => Brain(BinaryPrimitives.ReadUInt16LittleEndian(value)),
            TensorType.Double => (float)BinaryPrimitives.ReadDoubleLittleEndian(value),
            _ => BinaryPrimitives.ReadSingleLittleEndian(value),
        };

    private static long Integer(ReadOnlySpan<byte> value, TensorType type) =>
        type switch
        {
            TensorType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(value),
            TensorType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(value),
            TensorType.Int8 => (sbyte)value[0],
            TensorType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(value),
            TensorType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(value),
            TensorType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(value),
            TensorType.UInt64 => Signed(BinaryPrimitives.ReadUInt64LittleEndian(value)),
            _ => value[0],
        };

    private static long Signed(ulong value) =>
        value <= long.MaxValue
            ? (long)value
            : throw new OnnxException($"A tensor of unsigned 64-bit numbers holds {value}, above 2^63-1.");

    private static float Half(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    private static float Brain(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);
}
