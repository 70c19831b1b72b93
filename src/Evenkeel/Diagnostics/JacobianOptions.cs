namespace Evenkeel.Diagnostics;

/// <summary>What of batch normalisation's statistics a Jacobian takes as constant.</summary>
public enum JacobianStatistics
{
    /// <summary>
    /// The batch's mean and variance are held at their values, so that no example depends on another one: a Jacobian for each example, [outputs,
    /// inputs] of one example. A step of one example changes the statistics by 1 / batch of itself, which this leaves out.
    /// </summary>
    Held,

    /// <summary>
    /// Mean and variance follow the batch: one Jacobian of the whole batch, [batch * outputs, batch * inputs], with the path through the statistics.
    /// It is what training sends gradients back through. Each channel that is normalised loses two directions of it: adding a number to all its
    /// values, and scaling them (the latter but for epsilon).
    /// </summary>
    Batch,
}

/// <summary>How a <see cref="JacobianProbe"/> measures.</summary>
public sealed record JacobianOptions
{
    /// <summary>What is constant.</summary>
    public JacobianStatistics Statistics { get; init; }

    /// <summary>With <see cref="JacobianStatistics.Held"/>, the first so many examples of the batch have their Jacobian taken; 1 or more.</summary>
    public int Examples { get; init; } = int.MaxValue;

    /// <summary>
    /// Rows of the largest Jacobian that is computed in full, a backward pass for each row; 0 or more. Of larger ones the largest singular values are
    /// estimated.
    /// </summary>
    public int MaxExactRows { get; init; } = 1024;

    /// <summary>Singular values that are estimated, 1 or more.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>Rounds of subspace iteration in an estimate, 0 or more; each takes 3 * <see cref="Rank"/> passes and brings the values nearer.</summary>
    public int Iterations { get; init; } = 3;

    /// <summary>Seed of the directions that an estimate begins with.</summary>
    public ulong Seed { get; init; }
}
