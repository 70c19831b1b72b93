using Evenkeel.Onnx.Construction;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx.Import;

/// <summary>An input of one number that the user of the file gives: a constant.</summary>
internal static class GivenInput
{
    /// <summary>The constant.</summary>
    /// <exception cref="OnnxException">The input holds more than one number, or whole numbers and the given one is none.</exception>
    public static Constant Read(ValueInfoProto input, double value)
    {
        OnnxInput declared = OnnxInput.Of(input, new GraphProto());
        if (declared.Dimensions is not { } dimensions || dimensions.Any(d => d.Size != 1))
            throw new OnnxException($"the input '{declared}' does not hold one number, so none can be given for it");
        long[] shape = [.. dimensions.Select(_ => 1L)];
        if (TensorTypes.IsFloat((TensorType)input.Type.TensorType.ElemType))
            return new Constant(new ConstantTensor([(float)value], shape));
        return value == Math.Truncate(value) && Math.Abs(value) < 1L << 53
            ? new Constant(new ConstantTensor([(long)value], shape))
            : throw new OnnxException($"the input '{declared}' takes whole numbers, not {value}");
    }
}
