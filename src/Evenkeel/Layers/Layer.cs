using Evenkeel.Graphs;
using Evenkeel.Planning;

namespace Evenkeel.Layers;

/// <summary>
/// A layer's configuration and rules: an immutable record that holds no tensors. It says its shape rule, the tensors it keeps,
/// and the forward and backward steps it lowers to. Backward is written beside forward; each step names what it reads.
/// </summary>
public abstract record Layer
{
    /// <summary>Lower-case word used in names, configurations and plans: <c>linear</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Values read.</summary>
    public virtual int InputCount => 1;

    /// <summary>
    /// Whether the output may be written with a gap from row to row, as one branch of a concatenation; its gradient is then read so.
    /// </summary>
    public virtual bool CanWriteRows => false;

    /// <summary>Whether, in inference, what an example gives depends on the other examples of its batch.</summary>
    public virtual bool MixesExamples => false;

    /// <summary>The shape of the value made from inputs of these shapes.</summary>
    /// <exception cref="ArgumentException">The inputs do not fit; the message says why, without the layer's name.</exception>
    public abstract Shape InferShape(ReadOnlySpan<Shape> inputs);

    /// <summary>The parameters and state kept for inputs of these shapes.</summary>
    public virtual IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) => [];

    /// <summary>Emits the steps that compute the output.</summary>
    public abstract void Forward(ForwardContext context);

    /// <summary>
    /// Emits the steps that compute, from the output's gradient, the gradients of those inputs and parameters that
    /// <paramref name="context"/> asks for.
    /// </summary>
    public abstract void Backward(BackwardContext context);
}
