using System.Collections.Immutable;

namespace Evenkeel.Diagnostics;

/// <summary>A number of a layer.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Value">The number.</param>
internal readonly record struct LayerNumber(string Layer, double Value);

/// <summary>How gradients and activations go through a network on one batch, layer by layer from the input to the output.</summary>
/// <param name="Loss">Mean loss of the batch.</param>
/// <param name="Weights">For each layer with weights the norm of the gradient of the mean loss by its weights and biases.</param>
/// <param name="Signals">For each activation the norm of the gradient by what goes into it, over the batch.</param>
/// <param name="Saturated">For each activation that saturates the part of its values that are saturated, see <see cref="Saturation"/>.</param>
internal sealed record Propagation(
    double Loss,
    ImmutableArray<LayerNumber> Weights,
    ImmutableArray<LayerNumber> Signals,
    ImmutableArray<LayerNumber> Saturated
);
