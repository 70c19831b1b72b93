namespace Evenkeel.Onnx.Construction;

/// <summary>The order of a value's elements in memory.</summary>
internal enum Layout
{
    /// <summary>As the file has it.</summary>
    RowMajor,

    /// <summary>The first dimension last: [height, width, channels] for [channels, height, width].</summary>
    ChannelsLast,

    /// <summary>One row that was <see cref="ChannelsLast"/> before it was flattened.</summary>
    Flattened,
}

/// <summary>The value of a node of the network that is being built.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Dimensions">Dimensions of one example in the file's order, the batch left out.</param>
/// <param name="Layout">Order in memory.</param>
/// <param name="Source">Of a flattened value, the dimensions before, in the file's order.</param>
internal sealed record ComputedValue(string Node, int[] Dimensions, Layout Layout, int[]? Source = null) : Value
{
    /// <summary>Whether it stands for a value that is not computed, of which only the shape is known.</summary>
    public bool Stands { get; init; }

    /// <summary>
    /// Where the batch stands in the file. Queries, keys and values are transposed side by side, which puts other dimensions before it.
    /// </summary>
    public int BatchAxis { get; init; }

    public int Rank => Dimensions.Length;

    public int Count => Dimensions.Aggregate(1, (product, d) => product * d);

    /// <summary>All dimensions in the file, with <see cref="ConstantTensor.BatchSize"/> where the batch stands.</summary>
    public long[] FileDimensions
    {
        get
        {
            List<long> all = [.. Dimensions.Select(d => (long)d)];
            all.Insert(BatchAxis, ConstantTensor.BatchSize);
            return [.. all];
        }
    }

    /// <summary>The shape of the node's value.</summary>
    public Shape Shape => ShapeOf(Dimensions, Layout);

    public override string ToString() =>
        $"[{string.Join(", ", FileDimensions.Select(d => d == ConstantTensor.BatchSize ? "N" : $"{d}"))}]";

    /// <summary>The shape in memory of dimensions of the file.</summary>
    public static Shape ShapeOf(int[] dimensions, Layout layout) =>
        dimensions.Length == 0 ? new Shape(1)
        : layout == Layout.ChannelsLast ? new Shape([.. dimensions[1..], dimensions[0]])
        : new Shape(dimensions);

    /// <summary>A dimension of the file among those of one example; -1 is the batch.</summary>
    public int ExampleAxis(long axis)
    {
        int counted = Axis.FromFront(axis, Rank + 1);
        return counted == BatchAxis ? -1
            : counted < BatchAxis ? counted
            : counted - 1;
    }

    /// <summary>Values of one example, from the file's order to that in memory.</summary>
    public float[] ToMemory(ReadOnlySpan<float> values)
    {
        if (Layout == Layout.RowMajor)
            return values.ToArray();
        int channels = (Source ?? Dimensions)[0],
            positions = values.Length / channels;
        float[] result = new float[values.Length];
        for (int c = 0; c < channels; c++)
        {
            for (int p = 0; p < positions; p++)
                result[(p * channels) + c] = values[(c * positions) + p];
        }

        return result;
    }
}
