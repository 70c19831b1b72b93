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

/// <summary>Uniform in +-1/sqrt(inputs), the usual default of linear layers elsewhere.</summary>
public sealed record FanInUniformInitializer : Initializer;
