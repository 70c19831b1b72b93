using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Networks;

/// <summary>Which way a recurrent layer goes over its steps.</summary>
public enum RecurrentDirection
{
    /// <summary>From the first step to the last.</summary>
    Forward,

    /// <summary>From the last step to the first; values lie at the steps that they belong to.</summary>
    Backward,

    /// <summary>Both, with weights of their own; the backward values lie behind the forward ones.</summary>
    Both,
}

/// <summary>How a recurrent layer is built.</summary>
public sealed record RecurrentOptions
{
    /// <summary>Which way it goes.</summary>
    public RecurrentDirection Direction { get; init; }

    /// <summary>Whether it returns the hidden state of every step, [steps, units], or that after its last one, [units].</summary>
    public bool Sequence { get; init; } = true;

    /// <summary>
    /// Whether the last channel of each step is a mask: 1 where the sequence of an example has the step, 0 where the step is padding. Padding leaves
    /// the states as they are, and its values and gradients are 0. A sequence that is returned has the mask as its last channel again, for the next
    /// recurrent layer.
    /// </summary>
    public bool Masked { get; init; }

    /// <summary>
    /// Whether the states in front of the first step are learned, one for all examples: tensors <c>start.value</c> and, of an LSTM,
    /// <c>start_cell.value</c> of each direction. They begin at 0, and stay there where they are not learned.
    /// </summary>
    public bool TrainStart { get; init; }

    /// <summary>
    /// Batch normalisation inside the recurrence (Cooijmans et al. 2017): of what the input gives the gates, of what the hidden state gives them, and
    /// of an LSTM's cell state. Every step has statistics of its own, all share gamma and beta. Null: none.
    /// </summary>
    public RecurrentBatchNorm? BatchNorm { get; init; }

    /// <summary>How the weights of the input begin.</summary>
    public Initializer InputInitializer { get; init; } = Linear.DefaultInitializer;

    /// <summary>How the weights of the hidden state begin; the gates' weights lie side by side, each of units x units.</summary>
    public Initializer HiddenInitializer { get; init; } = new OrthogonalInitializer();
}

/// <summary>Batch normalisation inside a recurrence.</summary>
public sealed record RecurrentBatchNorm
{
    /// <summary>Epsilon, rate and what the variances mean.</summary>
    public BatchNormConvention Convention { get; init; } = BatchNormConvention.Default;

    /// <summary>Gamma at the start. 0.1 keeps tanh out of saturation, where gradients vanish over time; 1 does not learn (Cooijmans et al. 2017, section 4).</summary>
    public float InitialScale { get; init; } = 0.1f;

    /// <summary>
    /// How many steps have running statistics of their own, 1 or more; the steps behind them infer with those of the last one, and do not update them
    /// (T_max of Cooijmans et al. 2017). In training every step is normalised with the batch all the same. Null: all steps have their own.
    /// </summary>
    public int? OwnSteps { get; init; }

    /// <summary>As <see cref="BatchNorm.SyncGroupSize"/>: how many consecutive slices of a batch share statistics; 0 for all.</summary>
    public int SyncGroupSize { get; init; }

    /// <summary>
    /// Standard deviation of the noise that the first hidden state has in training. Without it values that are alike for all examples, as the black first
    /// rows of images make them, have no variance, and gradients explode through 1 / sqrt(epsilon) (Cooijmans et al. 2017, section 5.1).
    /// </summary>
    public float StartNoise { get; init; } = 0.1f;
}
