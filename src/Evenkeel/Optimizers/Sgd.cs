namespace Evenkeel;

/// <summary>Stochastic gradient descent: p -= rate * g.</summary>
public sealed record Sgd() : OptimizerConfig("sgd")
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => [];
}

/// <summary>Gradient descent with momentum: v = momentum * v + g, p -= rate * v.</summary>
/// <param name="Momentum">In [0, 1).</param>
public sealed record SgdMomentum(float Momentum = 0.9f) : OptimizerConfig("momentum")
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => ["velocity"];

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        MomentumRange.Check("momentum", Momentum);
    }
}

/// <summary>Nesterov's momentum: v = momentum * v + g, p -= rate * (g + momentum * v).</summary>
/// <param name="Momentum">In [0, 1).</param>
public sealed record SgdNesterov(float Momentum = 0.9f) : OptimizerConfig("nesterov")
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => ["velocity"];

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        MomentumRange.Check("momentum", Momentum);
    }
}

internal static class MomentumRange
{
    public static void Check(string name, float value)
    {
        if (!(value >= 0 && value < 1))
            throw new ArgumentException($"{name} must be in [0, 1), not {value}");
    }
}
