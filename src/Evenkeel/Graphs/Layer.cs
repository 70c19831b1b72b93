using System.Collections.Immutable;

namespace Evenkeel.Graphs;

/// <summary>
/// A layer's configuration and rules: an immutable record that holds no tensors. It says its shape rule and the tensors it keeps. The set of layers
/// is closed, because devices know each of them; use <c>CustomLayer</c> for one of your own.
/// </summary>
public abstract record Layer
{
    internal Layer(string kind) => Kind = kind;

    /// <summary>Lower-case word used in names, configurations and plans: <c>linear</c>.</summary>
    public string Kind { get; }

    /// <summary>Values read.</summary>
    public virtual int InputCount => 1;

    /// <summary>Whether, in inference, what an example gives depends on the other examples of its batch.</summary>
    public virtual bool MixesExamples => false;

    /// <summary>The shape of the first value, for most layers the only one, made from inputs of these shapes.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit; the message says why, without the layer's name.</exception>
    public abstract Shape InferShape(ReadOnlySpan<Shape> inputs);

    /// <summary>The shapes of all values made from inputs of these shapes, for a layer that makes several; the first is that of <see cref="InferShape"/>.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit; the message says why, without the layer's name.</exception>
    public virtual ImmutableArray<Shape> InferShapes(ReadOnlySpan<Shape> inputs) => [InferShape(inputs)];

    /// <summary>The parameters and state kept for inputs of these shapes.</summary>
    public virtual IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) => [];
}
