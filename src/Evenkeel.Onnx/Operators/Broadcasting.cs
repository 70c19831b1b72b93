namespace Evenkeel.Onnx.Operators;

/// <summary>Constants of different shapes side by side: dimensions of length 1, and missing ones in front, are repeated.</summary>
internal static class Broadcasting
{
    /// <summary>The shape that tensors take together.</summary>
    public static long[] Shape(IReadOnlyList<long[]> shapes)
    {
        int rank = shapes.Max(s => s.Length);
        long[] result = [.. Enumerable.Repeat(1L, rank)];
        foreach (long[] shape in shapes)
        {
            for (int axis = 0; axis < shape.Length; axis++)
            {
                ref long length = ref result[axis + rank - shape.Length];
                if (length != 1 && shape[axis] != 1 && length != shape[axis])
                    throw new UnsupportedException(
                        $"constants of {string.Join(" and ", shapes.Select(s => $"[{string.Join(", ", s)}]"))} do not fit each other"
                    );
                length = length == 1 ? shape[axis] : length;
            }
        }

        return result;
    }

    /// <summary>A tensor repeated to fill a shape of at least its own rank.</summary>
    public static ConstantTensor To(ConstantTensor tensor, long[] shape)
    {
        if (tensor.Dimensions.SequenceEqual(shape))
            return tensor;
        int missing = shape.Length - tensor.Rank;
        if (missing < 0)
            throw new UnsupportedException($"{tensor} has more dimensions than [{string.Join(", ", shape)}]");
        for (int axis = 0; axis < tensor.Rank; axis++)
        {
            if (tensor.Dimensions[axis] != 1 && tensor.Dimensions[axis] != shape[axis + missing])
                throw new UnsupportedException($"{tensor} does not fit [{string.Join(", ", shape)}]");
        }

        IEnumerable<long> strides = Strides(tensor.Dimensions).Zip(tensor.Dimensions, (s, d) => d == 1 ? 0 : s);
        return tensor.Taken(Offsets(shape, [.. new long[missing], .. strides]), shape);
    }

    /// <summary>Values from one index of each dimension to the next.</summary>
    public static long[] Strides(long[] dimensions)
    {
        long[] strides = new long[dimensions.Length];
        long stride = 1;
        for (int axis = strides.Length - 1; axis >= 0; stride *= dimensions[axis], axis--)
            strides[axis] = stride;
        return strides;
    }

    /// <summary>The offset of every value of a shape by the strides of its dimensions, the last dimension fastest.</summary>
    public static int[] Offsets(long[] shape, long[] strides)
    {
        int[] offsets = new int[ConstantTensor.Product(shape)];
        for (int i = 0; i < offsets.Length; i++)
        {
            long offset = 0,
                rest = i;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                (rest, long index) = Math.DivRem(rest, shape[axis]);
                offset += index * strides[axis];
            }

            offsets[i] = (int)offset;
        }

        return offsets;
    }
}
