using Evenkeel.Graphs;

namespace Evenkeel.Layers;

/// <summary>The sum of two values of one shape.</summary>
public sealed record Add() : Layer("add")
{
    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0] == inputs[1]
            ? inputs[0]
            : throw new ArgumentException($"it adds values of one shape, not {inputs[0]} and {inputs[1]}");
}
