using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>An operation that can add a second value between what it computes and the activation.</summary>
internal interface IAddsResidual : IFusesActivation
{
    /// <summary>Whether it could in plans of a mode, and does not yet.</summary>
    bool CanAddResidual(PlanMode mode);

    /// <summary>The operation with a second input, which is added.</summary>
    Layer WithResidual();
}

/// <summary>A normalisation, with the sum and the activation behind it where they are fused in.</summary>
internal abstract record NormOperation<TLayer>(TLayer Layer) : Operation<TLayer>(Layer), IAddsResidual
    where TLayer : Layer
{
    /// <summary>Whether a second value is added before the activation.</summary>
    public bool AddsResidual { get; init; }

    /// <inheritdoc/>
    public Activation? Fused { get; init; }

    /// <inheritdoc/>
    public override int InputCount => AddsResidual ? 2 : 1;

    /// <inheritdoc/>
    public Layer With(Activation activation) => this with { Fused = activation };

    /// <inheritdoc/>
    public Layer WithResidual() => this with { AddsResidual = true };

    /// <inheritdoc/>
    public virtual bool CanAddResidual(PlanMode mode) => !AddsResidual && Fused is null;

    /// <inheritdoc/>
    public string? Obstacle(Activation activation, PlanMode mode) =>
        AddsResidual && mode == PlanMode.Training && !activation.OutputTellsGradient
            ? $"the gradient of {activation.Kind} needs the sum before it"
            : null;

    /// <summary>What is added, in a forward pass.</summary>
    private protected BufferId? Residual(ForwardContext context) => AddsResidual ? context.Input(1) : null;

    /// <summary>The output, where the backward pass reads it.</summary>
    private protected BufferId? Read(BackwardContext context) =>
        AddsResidual || Fused is { GradientUsesOutput: true } ? context.Output : null;

    /// <summary>Receives the gradient of what was added, if something was; that of the output becomes it where nothing else needs it.</summary>
    private protected BufferId? ResidualGradient(BackwardContext context) =>
        AddsResidual
            ? context.InputGradientInPlace(1) ?? context.Discard("dresidual", context.InputShape(1).Count, 0)
            : null;
}
