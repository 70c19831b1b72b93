namespace Evenkeel.Kernels.Reference;

/// <summary>Softmax of rows in double precision.</summary>
public static class SoftmaxReference
{
    /// <summary>x - max - ln sum e^(x - max) of each row.</summary>
    public static double[] Logarithms(int channels, double[] x)
    {
        double[] top = [.. x.Chunk(channels).Select(row => row.Max())],
            shifted = [.. x.Select((v, i) => v - top[i / channels])],
            sums = [.. shifted.Chunk(channels).Select(row => row.Sum(Math.Exp))];
        return [.. shifted.Select((v, i) => v - Math.Log(sums[i / channels]))];
    }

    /// <summary>The loss of each row and the gradient of the sum of losses, p - onehot(label); both are 0 for a row with the label -1.</summary>
    public static (double[] Losses, double[] Gradient) CrossEntropy(int classes, double[] logits, int[] labels)
    {
        double[] logs = Logarithms(classes, logits);
        return (
            [.. labels.Select((label, row) => label < 0 ? 0 : -logs[(row * classes) + label])],
            [
                .. logs.Select(
                    (v, i) => labels[i / classes] < 0 ? 0 : Math.Exp(v) - (labels[i / classes] == i % classes ? 1 : 0)
                ),
            ]
        );
    }
}
