namespace Evenkeel;

/// <summary>Adagrad: s += g^2, p -= rate * g / (sqrt(s) + epsilon). The paper names it as an option for Algorithm 2.</summary>
/// <param name="Epsilon">Above 0.</param>
public sealed record Adagrad(float Epsilon = 1e-10f) : OptimizerConfig("adagrad")
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => ["sum_of_squares"];

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireEpsilon(Epsilon);
    }
}

/// <summary>Adam with bias correction and decoupled weight decay.</summary>
/// <param name="Beta1">In [0, 1).</param>
/// <param name="Beta2">In [0, 1).</param>
/// <param name="Epsilon">Above 0.</param>
public sealed record Adam(float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f) : OptimizerConfig("adam")
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => ["first_moment", "second_moment"];

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        MomentumRange.Check("beta1", Beta1);
        MomentumRange.Check("beta2", Beta2);
        RequireEpsilon(Epsilon);
    }
}
