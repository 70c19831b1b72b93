using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Execution.Cpu;

/// <summary>The steps of whitening that are not products of rows: algebra of small matrices, in double precision.</summary>
internal static class WhiteningRunners
{
    public static void Centre(CentringCoefficients s, CpuContext c)
    {
        var moments = new ChannelMoments(c.Doubles(s.Moments));
        var coefficients = new NormCoefficients(c.Floats(s.Coefficients));
        if (moments.Count == 1 && s.Site.Convention.SingleValue == SingleValuePolicy.Error)
            throw new SingleValuePerChannelException(s.Layer, c.Batch, s.Site.Positions, s.Site.Shape.Channels);
        coefficients.Scale.Fill(1);
        coefficients.Shift.Clear();
        if (s.Site.ReplacesSingle(moments.Count))
        {
            c.Floats(s.RunningMean).CopyTo(coefficients.Center);
            return;
        }

        for (int i = 0; i < moments.Mean.Length; i++)
        {
            coefficients.Center[i] = (float)moments.Mean[i];
            coefficients.Shift[i] = (float)(coefficients.Center[i] - moments.Mean[i]);
        }
    }

    public static void Pair(PairMoments s, CpuContext c)
    {
        var pairs = new ChannelMoments(c.Doubles(s.Pairs));
        pairs.Count = (double)c.Batch * s.Site.Positions;
        pairs.Mean.Clear();
        Widen(c.Floats(s.Products), pairs.M2);
    }

    public static void OfBatch(BatchWhitening s, CpuContext c)
    {
        var pairs = new ChannelMoments(c.Doubles(s.Pairs));
        if (s.Site.ReplacesSingle(pairs.Count))
            Widen(c.Floats(s.RunningCovariance), pairs.M2);
        Whiten(s.Site, c, pairs.M2, Math.Max(1, pairs.Count), c.Floats(s.Gamma), s.Made);
    }

    public static void OfRunning(RunningWhitening s, CpuContext c)
    {
        // What is made last takes what it is made of first.
        Span<double> covariance = c.Doubles(s.Made.State)[..s.Site.Shape.Values];
        Widen(c.Floats(s.Running.Variance), covariance);
        Whiten(s.Site, c, covariance, 1, c.Floats(s.Affine.Gamma), s.Made);
        Whitening.Bias(
            s.Site.Shape,
            c.Doubles(s.Made.Matrices),
            new(c.Floats(s.Affine.Gamma), c.Floats(s.Affine.Beta), s.Site.Convention.Epsilon),
            c.Floats(s.Running.Mean),
            c.Floats(s.Bias)
        );
    }

    public static void Sum(WhiteningSums s, CpuContext c)
    {
        Span<float> products = c.Floats(s.Products);
        Span<double> sums = c.Doubles(s.Sums);
        Widen(products, sums[..products.Length]);
        Widen(c.Floats(s.DBeta), sums[products.Length..]);
    }

    public static void OfGradients(BatchWhiteningGradient s, CpuContext c)
    {
        WhiteningShape shape = s.Site.Shape;
        Span<double> products = c.Doubles(s.Sums)[..shape.Values],
            dbeta = c.Doubles(s.Sums)[shape.Values..],
            matrices = c.Doubles(s.Made.Matrices),
            work = c.Doubles(s.To.Work);
        Span<float> gamma = c.Floats(s.Gamma),
            weights = c.Floats(s.To.Through.Gamma),
            bias = c.Floats(s.To.Through.Beta);
        double count = new ChannelMoments(c.Doubles(s.Pairs)).Count;
        OfAffine(s.To.Affine, s.Site, c, products, dbeta, matrices);
        if (s.Site.ReplacesSingle(count))
        {
            // Running statistics are constants.
            work.Clear();
            weights.Clear();
            bias.Clear();
            return;
        }

        Whitening.MatrixGradients(shape, products, gamma, work);
        s.Site.Method.Differentiate(c.Pool, shape, c.Doubles(s.Made.State), work);
        Whitening.ThroughStatistics(shape, matrices, work, gamma, dbeta, Math.Max(1, count), weights, bias);
    }

    public static void OfGradients(RunningWhiteningGradient s, CpuContext c)
    {
        WhiteningShape shape = s.Site.Shape;
        Span<double> products = c.Doubles(s.Sums)[..shape.Values],
            dbeta = c.Doubles(s.Sums)[shape.Values..];
        Span<float> mean = c.Floats(s.RunningMean);
        // Of rows that were not centred.
        for (int i = 0; i < products.Length; i++)
        {
            (int row, int channel) = Math.DivRem(i, shape.Channels);
            products[i] -= mean[(channel / shape.Size * shape.Size) + row] * dbeta[channel];
        }

        OfAffine(s.Gradients, s.Site, c, products, dbeta, c.Doubles(s.Matrices));
    }

    public static void Commit(CommitRunningCovariance s, CpuContext c)
    {
        if (c.Doubles(s.IsFinite)[0] == 0)
            return;
        var moments = new ChannelMoments(c.Doubles(s.Moments));
        var running = new RunningCovariance(
            c.Floats(s.Running.Mean),
            c.Floats(s.Running.Variance),
            c.Longs(s.BatchesTracked)
        );
        if (moments.Count > 0 && !running.TryUpdate(s.Convention, moments, new ChannelMoments(c.Doubles(s.Pairs))))
            c.RefusedCommits++;
    }

    private static void Whiten(
        WhiteningSite site,
        CpuContext c,
        ReadOnlySpan<double> products,
        double count,
        ReadOnlySpan<float> gamma,
        WhiteningBuffers made
    )
    {
        Span<double> matrices = c.Doubles(made.Matrices);
        double epsilon = site.Convention.Epsilon;
        Whitening.Covariances(site.Shape, products, count, epsilon, matrices);
        site.Method.Whiten(c.Pool, site.Shape, epsilon, matrices, c.Doubles(made.State));
        Whitening.Weights(site.Shape, matrices, gamma, c.Floats(made.Weights));
    }

    private static void OfAffine(
        AffineBuffers gradients,
        WhiteningSite site,
        CpuContext c,
        ReadOnlySpan<double> products,
        ReadOnlySpan<double> dbeta,
        ReadOnlySpan<double> matrices
    )
    {
        Whitening.ScaleGradient(site.Shape, matrices, products, c.Floats(gradients.Gamma));
        Span<float> target = c.Floats(gradients.Beta);
        for (int i = 0; i < target.Length; i++)
            target[i] = (float)dbeta[i];
    }

    private static void Widen(ReadOnlySpan<float> source, Span<double> target)
    {
        for (int i = 0; i < source.Length; i++)
            target[i] = source[i];
    }
}
