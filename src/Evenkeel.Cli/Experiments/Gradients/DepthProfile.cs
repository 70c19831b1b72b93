namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>How gradients go through a network at one step.</summary>
/// <param name="Step">Training steps done.</param>
/// <param name="Jacobians">At some layers, from the first to the last.</param>
/// <param name="Gradients">For each hidden layer the norm of the loss's gradient by what goes into its nonlinearity.</param>
/// <param name="Saturated">For each hidden layer the part of its values that are saturated.</param>
internal sealed record DepthProfile(
    long Step,
    IReadOnlyList<LayerJacobian> Jacobians,
    IReadOnlyList<double> Gradients,
    IReadOnlyList<double> Saturated
)
{
    /// <summary>The gradient at the first hidden layer over that at the last.</summary>
    public double Reaching => Gradients[0] / Gradients[^1];

    /// <summary>Root mean square singular value over all places.</summary>
    public double RootMeanSquare => Math.Sqrt(Jacobians.Average(j => j.RootMeanSquare * j.RootMeanSquare));
}
