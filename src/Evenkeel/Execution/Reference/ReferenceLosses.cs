using Evenkeel.Layers;

namespace Evenkeel.Execution.Reference;

/// <summary>Steps over rows of scores.</summary>
internal static partial class ReferenceBackend
{
    private static void AddLosses()
    {
        Add<SoftmaxForward>((s, m) => m[s.Y] = Array.ConvertAll(LogSoftmax(m[s.X], s.Channels), Math.Exp));
        Add<LogSoftmaxForward>((s, m) => m[s.Y] = LogSoftmax(m[s.X], s.Channels));
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
                double[] logs = LogSoftmax(m[s.Logits], s.Classes);
                m[s.Probabilities] = Array.ConvertAll(logs, Math.Exp);
                m[s.Losses] = [.. m.Array<int>(s.Labels).Select((label, row) => -logs[(row * s.Classes) + label])];
            }
        );
        Add<SoftmaxCrossEntropyBackward>(
            (s, m) =>
            {
                int[] labels = m.Array<int>(s.Labels);
                m[s.DLogits] =
                [
                    .. m[s.Probabilities]
                        .Select((p, i) => (p - (labels[i / s.Classes] == i % s.Classes ? 1 : 0)) / labels.Length),
                ];
            }
        );
    }

    private static double[] LogSoftmax(double[] x, int channels)
    {
        double[] top = [.. x.Chunk(channels).Select(row => row.Max())],
            shifted = [.. x.Select((v, i) => v - top[i / channels])],
            sums = RowSums(Array.ConvertAll(shifted, Math.Exp), channels);
        return [.. shifted.Select((v, i) => v - Math.Log(sums[i / channels]))];
    }

    private static double[] RowSums(double[] x, int channels) => [.. x.Chunk(channels).Select(row => row.Sum())];
}
