using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;

namespace Evenkeel;

/// <summary>The tensors of a model. Whoever computes on them refers to this object, so that they live as long, whatever became of the model.</summary>
internal sealed class ModelMemory(TensorLayout layout)
{
    /// <summary>All parameters.</summary>
    public MemoryBlock Parameters { get; } = new(layout.ParameterBytes);

    /// <summary>All running statistics.</summary>
    public MemoryBlock State { get; } = new(layout.StateBytes);

    /// <summary>Where a tensor lies.</summary>
    public MemoryBlock BlockOf(TensorPlace place) => place.Tensor.Spec.Role == TensorRole.State ? State : Parameters;
}
