namespace Evenkeel.Kernels.Reference;

/// <summary>Softmax and cross-entropy in double precision.</summary>
public static class SoftmaxCrossEntropyReference
{
    /// <summary>Probabilities, [rows, classes], and one loss per row.</summary>
    public static void Forward(
        int rows,
        int classes,
        ReadOnlySpan<double> logits,
        ReadOnlySpan<int> labels,
        Span<double> probabilities,
        Span<double> losses
    )
    {
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> z = logits.Slice(row * classes, classes);
            Span<double> p = probabilities.Slice(row * classes, classes);
            double max = double.NegativeInfinity;
            foreach (double value in z)
                max = Math.Max(max, value);
            double sum = 0;
            for (int c = 0; c < classes; c++)
            {
                p[c] = Math.Exp(z[c] - max);
                sum += p[c];
            }

            for (int c = 0; c < classes; c++)
                p[c] /= sum;
            losses[row] = Math.Log(sum) - (z[labels[row]] - max);
        }
    }

    /// <summary>scale * (p - onehot(label)).</summary>
    public static void Backward(
        int rows,
        int classes,
        ReadOnlySpan<double> probabilities,
        ReadOnlySpan<int> labels,
        double scale,
        Span<double> dlogits
    )
    {
        for (int row = 0; row < rows; row++)
        {
            for (int c = 0; c < classes; c++)
            {
                int i = (row * classes) + c;
                dlogits[i] = scale * (probabilities[i] - (c == labels[row] ? 1 : 0));
            }
        }
    }
}
