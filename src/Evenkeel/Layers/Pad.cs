using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Layers;

/// <summary>What stands in padding.</summary>
public enum PadMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The image mirrored at its outermost values, which are not repeated.</summary>
    Reflect,

    /// <summary>The outermost value.</summary>
    Edge,
}

/// <summary>Widens or, with negative numbers, crops each dimension at both ends.</summary>
/// <param name="Before">Places in front of each dimension.</param>
/// <param name="After">Places behind each dimension.</param>
/// <param name="Mode">What stands there.</param>
/// <param name="Value">The value of <see cref="PadMode.Constant"/>.</param>
public sealed record Pad(AxisList Before, AxisList After, PadMode Mode = PadMode.Constant, float Value = 0)
    : AxisMap("pad")
{
    /// <inheritdoc/>
    public override float Fill => Value;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        if (Before.Count != input.Dimensions.Length || After.Count != input.Dimensions.Length)
            throw new ArgumentException($"paddings {Before} and {After} are not one for each dimension of {input}");
        if (!float.IsFinite(Value))
            throw new ArgumentException($"the value in the padding must be finite, not {Value}");
        for (int axis = 0; axis < Before.Count; axis++)
        {
            if (Mode == PadMode.Reflect && Math.Max(Before[axis], After[axis]) >= input.Dimensions[axis])
                throw new ArgumentException($"{input} is too small to be reflected by {Before} and {After}");
        }

        return new Shape([.. input.Dimensions.Select((d, axis) => Padded(d, axis))]);
    }

    /// <inheritdoc/>
    protected override int[][] Offsets(Shape input)
    {
        int[] strides = Strides(input);
        return
        [
            .. input.Dimensions.Select(
                (length, axis) =>
                    Enumerable
                        .Range(-Before[axis], length + Before[axis] + After[axis])
                        .Select(i => Source(i, length))
                        .Select(i => i == AxisPlan.Nothing ? i : i * strides[axis])
                        .ToArray()
            ),
        ];
    }

    private int Padded(int length, int axis)
    {
        long padded = (long)length + Before[axis] + After[axis];
        return padded is >= 1 and <= int.MaxValue
            ? (int)padded
            : throw new ArgumentException($"a dimension of {length} cannot become {padded}");
    }

    private int Source(int i, int length) =>
        Mode switch
        {
            PadMode.Edge => Math.Clamp(i, 0, length - 1),
            PadMode.Reflect when i < 0 => -i,
            PadMode.Reflect when i >= length => (2 * (length - 1)) - i,
            _ => i >= 0 && i < length ? i : AxisPlan.Nothing,
        };
}
