namespace Evenkeel.Graphs;

/// <summary>How a tensor's values begin. A closed set; other values are given by <see cref="Model.Floats"/> once the model is there.</summary>
public abstract record Initializer
{
    private protected Initializer() { }
}

/// <summary>All values equal.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantInitializer(double Value) : Initializer;

/// <summary>Independent Gaussians of mean 0: the paper's "small random Gaussian values" (section 4.1).</summary>
/// <param name="StandardDeviation">Above 0.</param>
public sealed record NormalInitializer(double StandardDeviation) : Initializer;

/// <summary>Gaussians of variance <paramref name="Gain"/>^2 / inputs; gain sqrt(2) suits rectifiers.</summary>
/// <param name="Gain">Factor on the standard deviation.</param>
public sealed record FanInNormalInitializer(double Gain) : Initializer;

/// <summary>
/// Orthonormal columns, made of Gaussians (Saxe et al. 2014); of more columns than rows each square block of them: a recurrent layer's hidden weights
/// begin with an orthogonal matrix for each gate.
/// </summary>
public sealed record OrthogonalInitializer : Initializer;

/// <summary>The identity times a factor (Le et al. 2015), cut or repeated as <see cref="OrthogonalInitializer"/> does.</summary>
/// <param name="Gain">The factor.</param>
public sealed record IdentityInitializer(double Gain = 1) : Initializer;

/// <summary>Uniform in +-1/sqrt(inputs), the usual default of linear layers elsewhere.</summary>
public sealed record FanInUniformInitializer : Initializer;
