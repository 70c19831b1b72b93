using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>One loss per example, and its derivatives by the output, by code of the caller.</summary>
internal sealed record CustomLossForward(
    string Layer,
    ExampleLoss Compute,
    int Values,
    BufferId Output,
    BufferId Targets,
    BufferId Slopes,
    BufferId Losses
) : Step(Layer, [Output, Targets], [Slopes, Losses]);

/// <summary>The gradient of the mean over the batch.</summary>
internal sealed record CustomLossBackward(string Layer, BufferId Slopes, BufferId DOutput)
    : Step(Layer, [Slopes], [DOutput]);
