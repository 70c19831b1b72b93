using System.Collections.Immutable;
using Evenkeel.Lowering;

namespace Evenkeel.Planning;

/// <summary>The mean of the losses of all rows by their weights, a double; 0 of none.</summary>
internal sealed record MeanLoss(BufferId Losses, BufferId Mean) : Step("loss", [Losses], [Mean]);

/// <summary>The Euclidean norm of all gradients, a double.</summary>
internal sealed record MeasureGradients(BufferId Gradients, BufferId Norm) : Step("gradients", [Gradients], [Norm]);

/// <summary>1 where the loss and the norm, if it is measured, are finite, else 0: then the steps behind it change nothing.</summary>
internal sealed record CheckFinite(BufferId Loss, BufferId? Norm, BufferId IsFinite)
    : Step("finite", Norm is { } norm ? [Loss, norm] : [Loss], [IsFinite]);

/// <summary>Scales all gradients to a norm of at most <paramref name="Limit"/>.</summary>
internal sealed record ClipGradients(double Limit, BufferId Norm, BufferId IsFinite, BufferId Gradients)
    : Step("gradients", [Norm, IsFinite, Gradients], [Gradients]);

/// <summary>Moves a run of parameters by its gradients: the learning rate and the number of the update are scalars of the run.</summary>
internal sealed record UpdateParameters(
    string Layer,
    OptimizerConfig Rule,
    float Decay,
    BufferId IsFinite,
    BufferId Gradients,
    BufferId Parameters,
    ImmutableArray<BufferId> State
) : Step(Layer, [IsFinite, Gradients, Parameters, .. State], [Parameters, .. State]);
