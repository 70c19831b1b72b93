using Evenkeel.Kernels.Norm;

namespace Evenkeel.Kernels.Reference;

/// <summary>Normalisation within examples in double precision, straight from its definition.</summary>
internal sealed class GroupNormReference
{
    /// <summary>Computes the output and all gradients.</summary>
    public GroupNormReference(GroupNormShape shape, double epsilon, float[] x, float[] scale, float[] shift, float[] dy)
    {
        (Y, DX) = (new double[x.Length], new double[x.Length]);
        (DScale, DShift) = (new double[shape.Channels], new double[shape.Channels]);
        int width = shape.Channels / shape.Groups;
        IEnumerable<IGrouping<int, int>> together = Enumerable
            .Range(0, x.Length)
            .GroupBy(i => (i / shape.Count * shape.Groups) + (i % shape.Channels / width));
        foreach (IGrouping<int, int> group in together)
        {
            double mean = group.Average(i => (double)x[i]),
                deviation = Math.Sqrt(group.Average(i => Math.Pow(x[i] - mean, 2)) + epsilon);
            double normal(int i) => (x[i] - mean) / deviation;
            double scaled(int i) => (double)dy[i] * scale[i % shape.Channels];
            double sum = group.Average(scaled),
                product = group.Average(i => scaled(i) * normal(i));
            foreach (int i in group)
            {
                int c = i % shape.Channels;
                Y[i] = (normal(i) * scale[c]) + shift[c];
                DX[i] = (scaled(i) - sum - (normal(i) * product)) / deviation;
                DScale[c] += dy[i] * normal(i);
                DShift[c] += dy[i];
            }
        }
    }

    public double[] Y { get; }

    public double[] DX { get; }

    public double[] DScale { get; }

    public double[] DShift { get; }
}
