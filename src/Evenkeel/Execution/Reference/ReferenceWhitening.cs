using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reference;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Execution.Reference;

/// <summary>
/// Steps of whitening. Tables of pairs of channels are [size, channels]: column c belongs to group c / size, and row i to the i-th channel of
/// that group. Matrices are [groups, size, size].
/// </summary>
internal static partial class ReferenceBackend
{
    private static void AddWhitening()
    {
        Add<CentringCoefficients>(Centre);
        Add<PairMoments>(
            (s, m) =>
                m[s.Pairs] = [.. new double[s.Site.Shape.Values], .. m[s.Products], (double)m.Batch * s.Site.Positions]
        );
        Add<BatchWhitening>(
            (s, m) =>
            {
                double[] pairs = m[s.Pairs];
                if (s.Site.ReplacesSingle(pairs[^1]))
                    m[s.Pairs] = pairs = [.. pairs[..(pairs.Length / 2)], .. m[s.RunningCovariance], 1];
                Whiten(s.Site, m, CovarianceOf(s.Site, pairs), m[s.Gamma], s.Made);
            }
        );
        Add<RunningWhitening>(
            (s, m) =>
            {
                double[] covariance = [.. new double[s.Site.Shape.Values], .. m[s.Running.Variance], 1];
                Whiten(s.Site, m, CovarianceOf(s.Site, covariance), m[s.Affine.Gamma], s.Made);
                double[] weights = m[s.Made.Weights],
                    mean = m[s.Running.Mean],
                    bias = m[s.Affine.Beta];
                for (int i = 0; i < weights.Length; i++)
                    bias[i % bias.Length] -= weights[i] * mean[RowChannel(s.Site.Shape, i)];
                m[s.Bias] = bias;
            }
        );
        Add<WhiteningSums>((s, m) => m[s.Sums] = [.. m[s.Products], .. m[s.DBeta]]);
        Add<BatchWhiteningGradient>(Differentiate);
        Add<RunningWhiteningGradient>(
            (s, m) =>
            {
                WhiteningShape shape = s.Site.Shape;
                double[] sums = m[s.Sums],
                    mean = m[s.RunningMean];
                for (int i = 0; i < shape.Values; i++)
                    sums[i] -= mean[RowChannel(shape, i)] * sums[shape.Values + (i % shape.Channels)];
                m[s.Sums] = sums;
                (m[s.Gradients.Gamma], m[s.Gradients.Beta]) = AffineGradientsOf(shape, sums, m[s.Matrices]);
            }
        );
        Add<CommitRunningCovariance>(Commit);
    }

    // The channel that a row of a table stands for in a column, by their place in it.
    private static int RowChannel(WhiteningShape shape, int place) =>
        (place % shape.Channels / shape.Size * shape.Size) + (place / shape.Channels);

    // The place of a table's element in the matrices.
    private static int MatrixPlace(WhiteningShape shape, int place) =>
        (RowChannel(shape, place) * shape.Size) + (place % shape.Channels % shape.Size);

    private static void Centre(CentringCoefficients s, ReferenceMemory m)
    {
        double[] moments = m[s.Moments];
        int channels = s.Site.Shape.Channels;
        if (IsSingle(moments) && s.Site.Convention.SingleValue == SingleValuePolicy.Error)
            throw new SingleValuePerChannelException(s.Layer, m.Batch, s.Site.Positions, channels);
        double[] mean = s.Site.ReplacesSingle(moments[^1]) ? m[s.RunningMean] : moments[..channels],
            center = [.. mean.Select(v => (double)(float)v)],
            ones = [.. Enumerable.Repeat(1.0, channels)];
        m[s.Coefficients] = [.. center, .. ones, .. Zip(center, mean, (a, b) => a - b)];
    }

    // Of moments of pairs, with epsilon on the diagonals.
    private static double[] CovarianceOf(WhiteningSite site, double[] pairs)
    {
        double[] matrices = new double[site.Shape.Values];
        ReadOnlySpan<double> products = pairs.AsSpan(matrices.Length, matrices.Length);
        Whitening.Covariances(site.Shape, products, Math.Max(1, pairs[^1]), site.Convention.Epsilon, matrices);
        return matrices;
    }

    private static double[] OfGroups(WhiteningShape shape, Func<Range, double[]> group) =>
        [
            .. Enumerable
                .Range(0, shape.Groups)
                .SelectMany(g => group((g * shape.Size * shape.Size)..((g + 1) * shape.Size * shape.Size))),
        ];

    private static void Whiten(
        WhiteningSite site,
        ReferenceMemory m,
        double[] covariance,
        double[] gamma,
        WhiteningBuffers made
    )
    {
        WhiteningShape shape = site.Shape;
        // What another device keeps for its gradient depends on its way of computing, so it is taken from there.
        using var serial = WorkerPool.Serial();
        double[] state = new double[shape.Groups * site.Method.StateLength(shape.Size)];
        site.Method.Whiten(serial, shape, site.Convention.Epsilon, [.. covariance], state);
        double[] matrices = OfGroups(
                shape,
                group => WhiteningReference.Whiten(site.Method, shape.Size, site.Convention.Epsilon, covariance[group])
            ),
            weights = new double[shape.Values];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = matrices[MatrixPlace(shape, i)] * gamma[i % shape.Channels];
        (m[made.Matrices], m[made.State], m[made.Weights]) = (matrices, state, weights);
    }

    private static (double[] Gamma, double[] Beta) AffineGradientsOf(
        WhiteningShape shape,
        double[] sums,
        double[] matrices
    )
    {
        double[] gamma = new double[shape.Channels];
        for (int i = 0; i < shape.Values; i++)
            gamma[i % shape.Channels] += matrices[MatrixPlace(shape, i)] * sums[i];
        return (gamma, sums[shape.Values..]);
    }

    private static void Differentiate(BatchWhiteningGradient s, ReferenceMemory m)
    {
        WhiteningShape shape = s.Site.Shape;
        double[] sums = m[s.Sums],
            pairs = m[s.Pairs],
            gamma = m[s.Gamma],
            matrices = m[s.Made.Matrices],
            covariance = CovarianceOf(s.Site, pairs),
            gradients = new double[shape.Values],
            weights = new double[shape.Values],
            bias = new double[shape.Channels];
        (m[s.To.Affine.Gamma], m[s.To.Affine.Beta]) = AffineGradientsOf(shape, sums, matrices);
        if (!s.Site.ReplacesSingle(pairs[^1]))
        {
            double count = Math.Max(1, pairs[^1]);
            for (int i = 0; i < shape.Values; i++)
            {
                int row = RowChannel(shape, i),
                    column = i % shape.Channels,
                    mirrored = (column % shape.Size * shape.Channels) + row;
                gradients[MatrixPlace(shape, i)] = ((sums[i] * gamma[column]) + (sums[mirrored] * gamma[row])) / 2;
                bias[row] -= matrices[MatrixPlace(shape, i)] * gamma[column] * sums[shape.Values + column] / count;
            }

            gradients = OfGroups(
                shape,
                group =>
                    WhiteningReference.Gradient(
                        s.Site.Method,
                        shape.Size,
                        s.Site.Convention.Epsilon,
                        covariance[group],
                        gradients[group]
                    )
            );
            for (int i = 0; i < weights.Length; i++)
                weights[i] = 2 / count * gradients[MatrixPlace(shape, i)];
        }

        (m[s.To.Work], m[s.To.Through.Gamma], m[s.To.Through.Beta]) = (gradients, weights, bias);
    }

    private static void Commit(CommitRunningCovariance s, ReferenceMemory m)
    {
        double[] moments = m[s.Moments],
            pairs = m[s.Pairs];
        double count = moments[^1];
        if (count == 0 || m[s.IsFinite][0] == 0)
            return;
        if (count < 2 || !moments.Concat(pairs).All(double.IsFinite))
        {
            m.RefusedCommits++;
            return;
        }

        double tracked = m[s.BatchesTracked][0] + 1;
        m[s.BatchesTracked] = [tracked];
        double rate = s.Convention.UpdateRate ?? 1 / tracked,
            divisor = s.Convention.RunningVariance == RunningVariance.Unbiased ? count - 1 : count;
        m[s.Running.Mean] = Zip(m[s.Running.Mean], moments[..(moments.Length / 2)], (a, b) => a + (rate * (b - a)));
        m[s.Running.Variance] = Zip(
            m[s.Running.Variance],
            pairs[(pairs.Length / 2)..^1],
            (a, b) => a + (rate * ((b / divisor) - a))
        );
    }
}
