namespace Evenkeel.Layers;

/// <summary>What several layers make that only move values: each value at its last place at once.</summary>
/// <param name="Target">Shape made.</param>
/// <param name="Places">Where its values come from.</param>
internal sealed record Rearrange(Shape Target, AxisTables Places) : AxisMap("rearrange")
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => Target;

    /// <inheritdoc/>
    protected override int[][] Offsets(Shape input) => [.. Places.Offsets];
}
