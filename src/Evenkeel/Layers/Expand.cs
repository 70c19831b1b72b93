namespace Evenkeel.Layers;

/// <summary>Broadcasts dimensions of length 1 to the lengths of the target.</summary>
/// <param name="Target">Shape made; it differs from the input's only where that has length 1.</param>
// Files have called it so from the beginning, and networks name their layers after it.
public sealed record Expand(Shape Target) : AxisMap("stretch")
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        bool fits =
            input.Dimensions.Length == Target.Dimensions.Length
            && input.Dimensions.Zip(Target.Dimensions).All(d => d.First == 1 || d.First == d.Second);
        return fits ? Target : throw new ArgumentException($"{input} cannot be expanded to {Target}");
    }

    /// <inheritdoc/>
    protected override int[][] Offsets(Shape input)
    {
        int[] strides = Strides(input);
        return
        [
            .. Target.Dimensions.Select(
                (length, axis) =>
                    Enumerable
                        .Range(0, length)
                        .Select(i => input.Dimensions[axis] == 1 ? 0 : i * strides[axis])
                        .ToArray()
            ),
        ];
    }
}
