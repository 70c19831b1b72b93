namespace Evenkeel.Graphs;

/// <summary>A tensor of a model: learned, or running statistics. Layers that share a tensor have one id for it.</summary>
/// <param name="Index">Its place among the tensors of the model's layout.</param>
internal readonly record struct ParameterId(int Index);
