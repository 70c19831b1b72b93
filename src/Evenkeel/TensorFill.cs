namespace Evenkeel;

/// <summary>Gives a tensor its values.</summary>
/// <param name="tensor">Name of the tensor, such as <c>linear1.weight</c>.</param>
/// <param name="values">Receives the values in the order in which the layer keeps them; all zero before.</param>
/// <returns>False if there are none: the tensor keeps its initial values.</returns>
public delegate bool TensorFill(string tensor, Span<float> values);
