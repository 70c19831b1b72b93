using Evenkeel.Graphs;

namespace Evenkeel.Serialization;

/// <summary>Where a model's tensors are in a file.</summary>
internal sealed class TensorMap
{
    /// <summary>Per tensor of the model, its name in the file; state that the file lacks is left out.</summary>
    public Dictionary<string, string> Stored { get; } = [];

    /// <summary>Biases of the model in front of batch normalisation that the file, of the same network without them, lacks.</summary>
    public HashSet<string> ZeroBiases { get; } = [];

    /// <summary>Biases of the file in front of batch normalisation that the model, of the same network without them, lacks.</summary>
    public List<CancelledTensor> CancelledBiases { get; } = [];
}

/// <summary>A bias that batch normalisation cancels and the network has no place for.</summary>
/// <param name="Layer">The layer that would add it.</param>
/// <param name="Norm">The batch normalisation behind.</param>
/// <param name="Stored">Its name in the file.</param>
/// <param name="Spec">What it must be.</param>
internal sealed record CancelledTensor(string Layer, string Norm, string Stored, TensorSpec Spec);
