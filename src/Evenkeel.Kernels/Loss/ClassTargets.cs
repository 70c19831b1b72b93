namespace Evenkeel.Kernels.Loss;

/// <summary>
/// What rows of scores are to be: of row r, class c is aimed at with weight[c] * ((1 - smoothing) * (c == label[r] ? 1 : 0) + smoothing / classes).
/// </summary>
public readonly ref struct ClassTargets
{
    /// <summary>A class for each row.</summary>
    /// <param name="labels">[rows] classes, or <see cref="CrossEntropy.NoLabel"/>.</param>
    /// <param name="weights">[classes], each above 0.</param>
    /// <param name="smoothing">The share that is spread over all classes, 0 up to, not including, 1.</param>
    public ClassTargets(ReadOnlySpan<int> labels, ReadOnlySpan<float> weights, float smoothing)
    {
        ArgumentOutOfRangeException.ThrowIfZero(weights.Length);
        if (!(smoothing >= 0 && smoothing < 1))
            throw new ArgumentOutOfRangeException(
                nameof(smoothing),
                smoothing,
                "Smoothing must be at least 0 and below 1."
            );
        Labels = labels;
        Weights = weights;
        Smoothing = smoothing;
    }

    /// <summary>[rows] classes.</summary>
    public ReadOnlySpan<int> Labels { get; }

    /// <summary>[classes].</summary>
    public ReadOnlySpan<float> Weights { get; }

    /// <summary>The share that is spread over all classes.</summary>
    public float Smoothing { get; }
}
