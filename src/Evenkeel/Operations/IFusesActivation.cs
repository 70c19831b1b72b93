using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>An operation that can compute the activation behind it while it makes its output.</summary>
internal interface IFusesActivation
{
    /// <summary>The activation that it computes; null for none.</summary>
    Activation? Fused { get; }

    /// <summary>The operation with an activation.</summary>
    Layer With(Activation activation);

    /// <summary>Why it cannot compute an activation in plans of a mode, without a full stop; null if it can.</summary>
    string? Obstacle(Activation activation, PlanMode mode);
}
