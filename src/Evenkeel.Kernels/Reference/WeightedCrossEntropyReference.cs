namespace Evenkeel.Kernels.Reference;

/// <summary>Cross-entropy of smoothed labels with weights of classes, in double precision.</summary>
public static class WeightedCrossEntropyReference
{
    /// <summary>What each row is to be, [rows, classes]: nothing for a row with the label -1.</summary>
    public static double[] Aimed(int[] labels, double[] weights, double smoothing)
    {
        int classes = weights.Length;
        return
        [
            .. labels.SelectMany(label =>
                weights.Select((w, c) => label < 0 ? 0 : w * ((c == label ? 1 - smoothing : 0) + (smoothing / classes)))
            ),
        ];
    }

    /// <summary>The loss of each row and the gradient of the sum of losses.</summary>
    public static (double[] Losses, double[] Gradient) Of(
        double[] logits,
        int[] labels,
        double[] weights,
        double smoothing
    )
    {
        int classes = weights.Length;
        double[] aimed = Aimed(labels, weights, smoothing),
            logs = SoftmaxReference.Logarithms(classes, logits),
            totals = [.. aimed.Chunk(classes).Select(row => row.Sum())];
        return (
            [.. aimed.Zip(logs, (q, log) => q == 0 ? 0 : -q * log).Chunk(classes).Select(row => row.Sum())],
            [.. logs.Select((log, i) => (Math.Exp(log) * totals[i / classes]) - aimed[i])]
        );
    }
}
