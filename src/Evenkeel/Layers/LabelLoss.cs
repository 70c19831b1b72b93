namespace Evenkeel.Layers;

/// <summary>The loss of one example by its class.</summary>
/// <param name="output">What the network gives, a value for each of its output shape.</param>
/// <param name="labels">The example's class, or its <see cref="CustomLoss.TargetLength"/> labels; each 0 to classes - 1.</param>
/// <param name="gradient">Receives the derivative of the loss by each value of <paramref name="output"/>; overwrite all of them.</param>
/// <returns>The loss; its mean over the batch is made small.</returns>
public delegate float LabelLoss(ReadOnlySpan<float> output, ReadOnlySpan<int> labels, Span<float> gradient);
