namespace Evenkeel;

/// <summary>
/// An update rule and its constants. Weight decay is decoupled from the gradient: p -= rate * decay * p. By default it does not apply to
/// biases, gamma and beta. Programs cannot derive from this type; use <see cref="Optimizers.CustomOptimizer"/> for your own rule.
/// </summary>
public abstract record OptimizerConfig
{
    private protected OptimizerConfig(string kind) => Kind = kind;

    /// <summary>The lower-case word for it in configurations: <c>sgd</c>.</summary>
    public string Kind { get; }

    /// <summary>Names of the state values per parameter, in the order in which a step uses them.</summary>
    public abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>Decay of weights, 0 or more.</summary>
    public float WeightDecay { get; init; }

    /// <summary>Decay of biases, gamma and beta, 0 or more.</summary>
    public float OffsetDecay { get; init; }

    /// <summary>Throws if a constant is outside its range.</summary>
    /// <exception cref="ArgumentException">Names the constant and its range.</exception>
    public virtual void Validate()
    {
        if (!(WeightDecay >= 0 && WeightDecay < float.PositiveInfinity))
            throw new ArgumentException($"the weight decay must be finite and 0 or more, not {WeightDecay}");
        if (!(OffsetDecay >= 0 && OffsetDecay < float.PositiveInfinity))
            throw new ArgumentException($"the decay of offsets must be finite and 0 or more, not {OffsetDecay}");
    }

    private protected static void RequireEpsilon(float epsilon)
    {
        if (!(epsilon > 0 && epsilon < float.PositiveInfinity))
            throw new ArgumentException($"epsilon must be finite and above 0, not {epsilon}");
    }
}
