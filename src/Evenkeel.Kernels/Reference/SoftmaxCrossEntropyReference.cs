using Evenkeel.Kernels.Loss;
using Evenkeel.Kernels.Threading;

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

/// <summary>Checks of softmax cross-entropy on this machine: few classes, and many.</summary>
internal static class SoftmaxCrossEntropyChecks
{
    // Shifted logits of up to 20 are rounded to 1e-6, which is what e^x then is off by, relative to a probability.
    private const double Tolerance = 2e-6;

    /// <summary>All of them.</summary>
    public static IEnumerable<KernelCheck> All => [.. Of(61, 10), .. Of(17, 1000)];

    private static IEnumerable<KernelCheck> Of(int rows, int classes)
    {
        string shape = $"{rows}x{classes}";
        yield return new("SoftmaxCrossEntropy.Forward", shape, pool => new(Forward(pool, rows, classes), Tolerance));
        yield return new("SoftmaxCrossEntropy.Backward", shape, pool => new(Backward(pool, rows, classes), Tolerance));
    }

    private static double Forward(WorkerPool pool, int rows, int classes)
    {
        (float[] logits, int[] labels) = Inputs(rows, classes);
        float[] p = new float[rows * classes];
        float[] losses = new float[rows];
        SoftmaxCrossEntropy.Forward(pool, rows, classes, logits, labels, p, losses);
        double[] expected = new double[rows * classes];
        double[] expectedLosses = new double[rows];
        double[] wide = Array.ConvertAll(logits, v => (double)v);
        SoftmaxCrossEntropyReference.Forward(rows, classes, wide, labels, expected, expectedLosses);
        return Math.Max(RelativeError(p, expected), RelativeError(losses, expectedLosses));
    }

    private static double Backward(WorkerPool pool, int rows, int classes)
    {
        (float[] logits, int[] labels) = Inputs(rows, classes);
        float[] p = new float[rows * classes];
        float[] dlogits = new float[rows * classes];
        float scale = 1f / rows;
        SoftmaxCrossEntropy.Forward(pool, rows, classes, logits, labels, p, new float[rows]);
        SoftmaxCrossEntropy.Backward(pool, rows, classes, p, labels, scale, dlogits);
        double[] expected = new double[rows * classes];
        double[] wide = Array.ConvertAll(p, v => (double)v);
        SoftmaxCrossEntropyReference.Backward(rows, classes, wide, labels, scale, expected);
        return RelativeError(dlogits, expected);
    }

    private static double RelativeError(float[] actual, double[] expected)
    {
        double largest = 0;
        for (int i = 0; i < actual.Length; i++)
            largest = Math.Max(largest, Math.Abs(actual[i] - expected[i]) / Math.Abs(expected[i]));
        return largest;
    }

    private static (float[] Logits, int[] Labels) Inputs(int rows, int classes)
    {
        var random = new Random(2);
        float[] logits = new float[rows * classes];
        int[] labels = new int[rows];
        for (int i = 0; i < logits.Length; i++)
            logits[i] = 20f * (random.NextSingle() - 0.5f);
        for (int row = 0; row < rows; row++)
            labels[row] = random.Next(classes);
        return (logits, labels);
    }
}
