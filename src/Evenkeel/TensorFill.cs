namespace Evenkeel;

/// <summary>Gives a tensor its values.</summary>
/// <param name="tensor">Name of the tensor, such as <c>linear1.weight</c>.</param>
/// <param name="values">Receives the values in the order of the stored tensor; all are zero before.</param>
/// <returns>False to keep the initial values of the tensor.</returns>
public delegate bool TensorFill(string tensor, Span<float> values);
