using Evenkeel.Kernels.Reference;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Reference;

/// <summary>Steps over rows of scores.</summary>
internal static partial class ReferenceBackend
{
    private static void AddLosses()
    {
        Add<SoftmaxForward>(
            (s, m) => m[s.Y] = Array.ConvertAll(SoftmaxReference.Logarithms(s.Channels, m[s.X]), Math.Exp)
        );
        Add<LogSoftmaxForward>((s, m) => m[s.Y] = SoftmaxReference.Logarithms(s.Channels, m[s.X]));
        Add<SoftmaxBackward>(
            (s, m) =>
            {
                double[] y = m[s.Y],
                    dy = m[s.DY],
                    sums = RowSums(Zip(y, dy, (a, b) => a * b), s.Channels);
                m[s.DX] = [.. y.Select((v, i) => v * (dy[i] - sums[i / s.Channels]))];
            }
        );
        Add<LogSoftmaxBackward>(
            (s, m) =>
            {
                double[] dy = m[s.DY],
                    sums = RowSums(dy, s.Channels);
                m[s.DX] = [.. m[s.Y].Select((v, i) => dy[i] - (Math.Exp(v) * sums[i / s.Channels]))];
            }
        );
        Add<SoftmaxCrossEntropyForward>(
            (s, m) =>
            {
                double[] logits = m[s.Logits];
                m[s.Probabilities] = Array.ConvertAll(SoftmaxReference.Logarithms(s.Classes, logits), Math.Exp);
                m[s.Losses] = SoftmaxReference.CrossEntropy(s.Classes, logits, Labels(m, s.Labels)).Losses;
            }
        );
        Add<SoftmaxCrossEntropyBackward>(
            (s, m) =>
            {
                int[] labels = Labels(m, s.Labels);
                double weight = (double)m.Total * s.Positions * m.Scalars.MeanWeight;
                m[s.DLogits] =
                [
                    .. m[s.Probabilities]
                        .Select(
                            (p, i) =>
                                labels[i / s.Classes] < 0
                                    ? 0
                                    : (p - (labels[i / s.Classes] == i % s.Classes ? 1 : 0)) / weight
                        ),
                ];
            }
        );
    }

    private static double[] RowSums(double[] x, int channels) => [.. x.Chunk(channels).Select(row => row.Sum())];
}
