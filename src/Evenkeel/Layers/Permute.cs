namespace Evenkeel.Layers;

/// <summary>Transposes the dimensions of each example.</summary>
/// <param name="Order">For each dimension of the output, the dimension of the input that it is.</param>
public sealed record Permute(AxisList Order) : AxisMap("permute")
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        if (!Order.Order().SequenceEqual(Enumerable.Range(0, input.Dimensions.Length)))
            throw new ArgumentException($"{Order} is not a permutation of the dimensions of {input}");
        return new Shape([.. Order.Select(axis => input.Dimensions[axis])]);
    }

    /// <inheritdoc/>
    protected override int[][] Offsets(Shape input)
    {
        int[] strides = Strides(input);
        return
        [
            .. Order.Select(axis =>
                Enumerable.Range(0, input.Dimensions[axis]).Select(i => i * strides[axis]).ToArray()
            ),
        ];
    }
}
