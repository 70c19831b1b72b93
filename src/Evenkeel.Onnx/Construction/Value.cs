namespace Evenkeel.Onnx.Construction;

/// <summary>What a name of the file stands for: a <see cref="Constant"/>, a <see cref="ComputedValue"/> or nothing usable.</summary>
internal abstract record Value;

/// <summary>A tensor known while importing.</summary>
/// <param name="Tensor">Its values.</param>
/// <param name="Type">Its element type where the file holds it itself; null if it was computed.</param>
internal sealed record Constant(ConstantTensor Tensor, TensorType? Type = null) : Value;

/// <summary>An output that is not computed; nodes that need it give the reason.</summary>
/// <param name="Reason">Why; empty if it has been told already.</param>
/// <param name="IsComputed">Whether it would be computed from the input, where a constant would be known.</param>
internal sealed record Missing(string Reason, bool IsComputed) : Value;
