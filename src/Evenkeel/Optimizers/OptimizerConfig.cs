namespace Evenkeel;

/// <summary>
/// An update rule and its constants. Weight decay is decoupled (p -= rate * decay * p, beside the rule's own step) and by default
/// spares biases, gamma and beta. The set of rules is closed, because devices know each of them; use <see cref="Optimizers.CustomOptimizer"/> for one of your own.
/// </summary>
public abstract record OptimizerConfig
{
    private protected OptimizerConfig(string kind) => Kind = kind;

    /// <summary>Lower-case word used in configurations: <c>sgd</c>.</summary>
    public string Kind { get; }

    /// <summary>Names of the values kept per parameter, in the order in which a step takes them.</summary>
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
