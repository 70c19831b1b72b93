namespace Evenkeel.Optimizers;

/// <summary>
/// An update rule of your own. It is code, so a configuration cannot hold it; checkpoints and ranks know it by its name, which is to be another one
/// whenever the code computes something else.
/// </summary>
public sealed record CustomOptimizer : OptimizerConfig
{
    private const int MostStates = 2;

    /// <summary>Names a rule.</summary>
    /// <param name="name">Name of the loss in checkpoints, in messages, and for the comparison of ranks.</param>
    /// <param name="update">Called on the thread that takes the step. Where it allocates nothing, neither does the step.</param>
    /// <param name="states">Names of the values that the rule keeps for each parameter, two at most, as checkpoints call them.</param>
    /// <exception cref="ArgumentException">A name is empty or comes twice, or there are more than two states.</exception>
    public CustomOptimizer(string name, ParameterUpdate update, params ReadOnlySpan<string> states)
        : base("custom")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(update);
        foreach (string state in states)
            ArgumentException.ThrowIfNullOrWhiteSpace(state, nameof(states));
        if (states.Length > MostStates || (states.Length == MostStates && states[0] == states[1]))
            throw new ArgumentException(
                $"an update rule has at most {MostStates} states, with different names",
                nameof(states)
            );
        (Name, Update, StateNames) = (name, update, Array.AsReadOnly(states.ToArray()));
    }

    /// <summary>Name of the loss in checkpoints, in messages, and for the comparison of ranks.</summary>
    public string Name { get; }

    /// <summary>Moves parameters by their gradients.</summary>
    public ParameterUpdate Update { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames { get; }

    /// <summary>Whether both have the same name and decays.</summary>
    public bool Equals(CustomOptimizer? other) => base.Equals(other) && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Kind, name and decays.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Kind}({Name}), weight decay {WeightDecay:R}, offset decay {OffsetDecay:R}");
}
