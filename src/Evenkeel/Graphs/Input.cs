namespace Evenkeel.Graphs;

/// <summary>Stands for the examples fed in.</summary>
/// <param name="Shape">Shape of one example.</param>
public sealed record Input(Shape Shape) : Layer("input")
{
    /// <inheritdoc/>
    public override int InputCount => 0;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => Shape;
}
