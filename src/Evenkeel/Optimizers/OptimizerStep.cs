namespace Evenkeel.Optimizers;

/// <summary>Moves parameters by their gradients.</summary>
/// <param name="step">What an update reads and writes.</param>
public delegate void ParameterUpdate(OptimizerStep step);

/// <summary>What an update rule of your own is given: the weights of a network, or its biases and scales, all at once.</summary>
public readonly ref struct OptimizerStep
{
    /// <summary>
    /// The parameters, to be changed in place. Tensors are padded by zeros; where parameter, gradient and states are 0 they must stay so.
    /// </summary>
    public required Span<float> Parameters { get; init; }

    /// <summary>The gradient of each parameter, clipped if that is asked for.</summary>
    public required ReadOnlySpan<float> Gradients { get; init; }

    /// <summary>What the rule keeps for each parameter, 0 at first; empty for a rule without states.</summary>
    public Span<float> FirstState { get; init; }

    /// <summary>The second value that the rule keeps for each parameter, 0 at first; empty for a rule with fewer states.</summary>
    public Span<float> SecondState { get; init; }

    /// <summary>The learning rate of the step.</summary>
    public required float Rate { get; init; }

    /// <summary>The decay of these parameters, 0 or more; the rule applies it.</summary>
    public required float Decay { get; init; }

    /// <summary>Updates with this one: 1 at first.</summary>
    public required long Number { get; init; }
}
