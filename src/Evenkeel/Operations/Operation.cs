using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>What a plan computes in the place of a layer, with what rules have let it take over from its neighbours.</summary>
/// <param name="Layer">What the user said; it has the tensors.</param>
internal abstract record Operation<TLayer>(TLayer Layer) : Layer(Layer.Kind), IOperation
    where TLayer : Layer
{
    /// <inheritdoc/>
    public override int InputCount => Layer.InputCount;

    /// <inheritdoc/>
    public override bool MixesExamples => Layer.MixesExamples;

    /// <inheritdoc/>
    public virtual bool CanWriteRows => false;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => Layer.InferShape(inputs);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) => Layer.Tensors(inputs);

    /// <inheritdoc/>
    public abstract void Forward(ForwardContext context);

    /// <inheritdoc/>
    public abstract void Backward(BackwardContext context);
}
