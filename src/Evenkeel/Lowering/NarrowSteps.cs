namespace Evenkeel.Lowering;

/// <summary>Y = X as bfloat16: keeps a value for the backward pass in half its memory.</summary>
internal sealed record NarrowValue(string Layer, BufferId X, BufferId Y) : Step(Layer, [X], [Y]);

/// <summary>Y = X as floats: the value as it was kept, for the steps that read it in the backward pass.</summary>
internal sealed record WidenValue(string Layer, BufferId X, BufferId Y) : Step(Layer, [X], [Y]);
