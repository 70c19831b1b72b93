using System.Collections.Immutable;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>Probabilities and one loss per row.</summary>
internal sealed record SoftmaxCrossEntropyForward(
    string Layer,
    int Positions,
    int Classes,
    BufferId Logits,
    BufferId Labels,
    BufferId Probabilities,
    BufferId Losses
) : Step(Layer, [Logits, Labels], [Probabilities, Losses]);

/// <summary>dlogits = (p - onehot) / rows that have a label; 0 for the others.</summary>
internal sealed record SoftmaxCrossEntropyBackward(
    string Layer,
    int Positions,
    int Classes,
    BufferId Probabilities,
    BufferId Labels,
    BufferId DLogits
) : Step(Layer, [Probabilities, Labels], [DLogits]);

/// <summary>What the scores of a row are to be, beside its label: see <see cref="Kernels.Loss.ClassTargets"/>.</summary>
internal sealed record ClassAim(ImmutableArray<float> Weights, float Smoothing);

/// <summary>Probabilities and one loss per row, times the weight of its label.</summary>
internal sealed record WeightedCrossEntropyForward(
    string Layer,
    ClassAim Aim,
    BufferId Logits,
    BufferId Labels,
    BufferId Probabilities,
    BufferId Losses
) : Step(Layer, [Logits, Labels], [Probabilities, Losses]);

/// <summary>The gradient of the weighted mean.</summary>
internal sealed record WeightedCrossEntropyBackward(
    string Layer,
    int Positions,
    ClassAim Aim,
    BufferId Probabilities,
    BufferId Labels,
    BufferId DLogits
) : Step(Layer, [Probabilities, Labels], [DLogits]);

/// <summary>One loss per example.</summary>
internal sealed record ValueLossForward(
    string Layer,
    ValueLoss Rule,
    BufferId Output,
    BufferId Targets,
    BufferId Losses
) : Step(Layer, [Output, Targets], [Losses]);

/// <summary>The gradient of the mean over all values of the batch.</summary>
internal sealed record ValueLossBackward(
    string Layer,
    ValueLoss Rule,
    int Values,
    BufferId Output,
    BufferId Targets,
    BufferId DOutput
) : Step(Layer, [Output, Targets], [DOutput]);
