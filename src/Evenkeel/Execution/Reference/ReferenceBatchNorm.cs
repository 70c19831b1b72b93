using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Execution.Reference;

/// <summary>Steps of normalisations with statistics per channel.</summary>
internal static partial class ReferenceBackend
{
    private static void AddBatchNorm()
    {
        Add<BatchMoments>((s, m) => m[s.Moments] = MomentsOf(m[s.X], s.Site.Channels));
        Add<MaskedMoments>((s, m) => m[s.Moments] = MomentsOf(Counted(m[s.X], m[s.Mask]), s.Site.Channels));
        Add<ClearPadding>(
            (s, m) => m[s.DX] = [.. m[s.DX].Select((v, i) => m[s.Mask][i / s.Site.Channels] == 0 ? 0 : v)]
        );
        Add<BatchCoefficients>(
            (s, m) =>
            {
                double[] statistics = WithPolicy(s, m);
                if (s.Statistics != s.Moments)
                    m[s.Statistics] = statistics;
                m[s.Coefficients] = CoefficientsOf(m, statistics, s.Affine, s.Convention.Epsilon);
            }
        );
        Add<FrozenCoefficients>(
            (s, m) =>
            {
                m[s.Moments] = [.. m[s.Running.Mean], .. m[s.Running.Variance], 1];
                m[s.Coefficients] = CoefficientsOf(m, m[s.Moments], s.Affine, s.Convention.Epsilon);
            }
        );
        Add<AffineCoefficients>(
            (s, m) =>
                m[s.Coefficients] = [.. new double[m[s.Affine.Gamma].Length], .. m[s.Affine.Gamma], .. m[s.Affine.Beta]]
        );
        Add<RenormCoefficients>(Renormalize);
        Add<RenormGradientCoefficients>(Renormalize);
        Add<NormalizeForward>(Normalize);
        AddGradients();
        Add<CommitRunningStatistics>(Commit);
    }

    private static void Normalize(NormalizeForward s, ReferenceMemory m)
    {
        double[] sum = Normalized(m[s.X], m[s.Coefficients]);
        if (s.Residual is { } residual)
            sum = Zip(sum, m[residual], (a, b) => a + b);
        m[s.Y] = Values(s.Site.Fused, sum);
    }

    private static void AddGradients()
    {
        Add<BatchGradientSums>((s, m) => m[s.Sums] = SumsOf(s.Pass, m, BeforeActivation(s.Pass, m)));
        Add<ResidualGradientSums>(
            (s, m) =>
            {
                double[] d = BeforeActivation(s.Pass, m);
                m[s.Sums] = SumsOf(s.Pass, m, d);
                m[s.D] = d;
            }
        );
        Add<FrozenGradientSums>(
            (s, m) =>
            {
                double[] d = BeforeActivation(s.Pass, m);
                m[s.Sums] = SumsOf(s.Pass, m, d);
                m[s.DX] = Scaled(d, m[s.Pass.Coefficients][s.Pass.Site.Channels..(2 * s.Pass.Site.Channels)]);
            }
        );
        Add<BatchGradientCoefficients>(
            (s, m) =>
            {
                (m[s.Gradients.Gamma], m[s.Gradients.Beta], double[] gradient) = GradientsOf(
                    m[s.Sums],
                    m[s.Moments],
                    s.Convention.Epsilon
                );
                bool constant =
                    IsSingle(m[s.Moments]) && s.Convention.SingleValue == SingleValuePolicy.UseRunningStatistics;
                m[s.Gradient] = constant ? new double[gradient.Length] : gradient;
            }
        );
        Add<FrozenGradientCoefficients>(
            (s, m) =>
                (m[s.Gradients.Gamma], m[s.Gradients.Beta], _) = GradientsOf(
                    m[s.Sums],
                    m[s.Moments],
                    s.Convention.Epsilon
                )
        );
        Add<AffineGradientCoefficients>(
            (s, m) =>
            {
                double[] sums = m[s.Sums];
                m[s.Gradients.Beta] = sums[..(sums.Length / 2)];
                m[s.Gradients.Gamma] = sums[(sums.Length / 2)..];
            }
        );
        Add<BatchInputGradient>((s, m) => m[s.DX] = InputGradientOf(s, m));
    }

    // The rows that a mask does not leave out.
    private static double[] Counted(double[] x, double[] mask) =>
        [.. x.Where((_, i) => mask[i / (x.Length / mask.Length)] != 0)];

    // Means, then M2, then the count.
    private static double[] MomentsOf(double[] x, int channels)
    {
        double[] moments = new double[(2 * channels) + 1];
        int rows = x.Length / channels;
        moments[^1] = rows;
        for (int i = 0; i < x.Length; i++)
            moments[i % channels] += x[i] / rows;
        for (int i = 0; i < x.Length; i++)
            moments[channels + (i % channels)] += Math.Pow(x[i] - moments[i % channels], 2);
        return moments;
    }

    private static bool IsSingle(double[] moments) => Math.Round(moments[^1]) == 1;

    private static double[] WithPolicy(BatchCoefficients s, ReferenceMemory m)
    {
        double[] moments = m[s.Moments];
        if (!IsSingle(moments))
            return moments;
        return s.Convention.SingleValue switch
        {
            SingleValuePolicy.Error => throw new SingleValuePerChannelException(
                s.Layer,
                m.Batch,
                s.Site.Positions,
                s.Site.Channels
            ),
            SingleValuePolicy.UseRunningStatistics => [.. m[s.Running.Mean], .. m[s.Running.Variance], 1],
            _ => moments,
        };
    }

    // Center, the mean in single precision, then scale, then shift.
    private static double[] CoefficientsOf(ReferenceMemory m, double[] moments, AffineBuffers affine, double epsilon)
    {
        double[] gamma = m[affine.Gamma],
            beta = m[affine.Beta],
            center = [.. moments.Take(gamma.Length).Select(v => (double)(float)v)],
            scale = [.. gamma.Select((g, c) => g * InverseDeviation(moments, c, epsilon))],
            shift = [.. beta.Select((b, c) => b - ((moments[c] - center[c]) * scale[c]))];
        return [.. center, .. scale, .. shift];
    }

    // r, then d; then scale and shift with them.
    private static void Renormalize(RenormCoefficients s, ReferenceMemory m)
    {
        double[] moments = m[s.Moments],
            mean = m[s.Running.Mean],
            coefficients = m[s.Coefficients],
            gamma = m[s.Affine.Gamma],
            beta = m[s.Affine.Beta];
        int channels = mean.Length;
        double rMax = s.Renormalization.RatioAt((long)m.Scalars.StepNumber),
            dMax = s.Renormalization.OffsetAt((long)m.Scalars.StepNumber),
            epsilon = s.Convention.Epsilon;
        double[] running = [.. mean, .. m[s.Running.Variance], 1],
            corrections = new double[2 * channels],
            made = [.. coefficients];
        for (int c = 0; c < channels; c++)
        {
            double deviation = Math.Sqrt((moments[channels + c] / Math.Max(1, moments[^1])) + epsilon),
                inverse = InverseDeviation(running, c, epsilon),
                r = Math.Clamp(deviation * inverse, 1 / rMax, rMax),
                d = Math.Clamp((moments[c] - mean[c]) * inverse, -dMax, dMax);
            (corrections[c], corrections[channels + c]) = (r, d);
            made[channels + c] *= r;
            made[(2 * channels) + c] = beta[c] + (gamma[c] * d) - ((moments[c] - coefficients[c]) * made[channels + c]);
        }

        (m[s.Corrections], m[s.Coefficients]) = (corrections, made);
    }

    private static void Renormalize(RenormGradientCoefficients s, ReferenceMemory m)
    {
        double[] corrections = m[s.Corrections],
            sums = m[s.Sums];
        int channels = sums.Length / 2;
        m[s.DGamma] = [.. m[s.DGamma].Select((g, c) => (corrections[c] * g) + (corrections[channels + c] * sums[c]))];
    }

    private static double InverseDeviation(double[] moments, int channel, double epsilon)
    {
        double variance = moments[(moments.Length / 2) + channel] / Math.Max(1, moments[^1]);
        return variance + epsilon == 0 ? 0 : 1 / Math.Sqrt(variance + epsilon);
    }

    private static double[] Normalized(double[] x, double[] coefficients)
    {
        int channels = coefficients.Length / 3;
        return
        [
            .. x.Select(
                (v, i) =>
                    ((v - coefficients[i % channels]) * coefficients[channels + (i % channels)])
                    + coefficients[(2 * channels) + (i % channels)]
            ),
        ];
    }

    private static double[] BeforeActivation(NormBackward pass, ReferenceMemory m)
    {
        double[] kept = pass.Y is { } y ? m[y] : Normalized(m[pass.X], m[pass.Coefficients]);
        return Gradients(pass.Site.Fused, kept, m[pass.DY]);
    }

    private static double[] SumsOf(NormBackward pass, ReferenceMemory m, double[] d)
    {
        int channels = pass.Site.Channels;
        double[] x = m[pass.X],
            center = m[pass.Coefficients],
            sums = new double[2 * channels];
        for (int i = 0; i < d.Length; i++)
        {
            sums[i % channels] += d[i];
            sums[channels + (i % channels)] += d[i] * (x[i] - center[i % channels]);
        }

        return sums;
    }

    private static (double[] Gamma, double[] Beta, double[] Gradient) GradientsOf(
        double[] sums,
        double[] moments,
        double epsilon
    )
    {
        int channels = sums.Length / 2;
        double count = Math.Max(1, moments[^1]);
        double[] gamma = new double[channels],
            gradient = new double[2 * channels];
        for (int c = 0; c < channels; c++)
        {
            double low = moments[c] - (float)moments[c],
                inverse = InverseDeviation(moments, c, epsilon);
            gamma[c] = (sums[channels + c] - (low * sums[c])) * inverse;
            gradient[channels + c] = -gamma[c] * inverse / count;
            gradient[c] = (sums[c] / count) + (low * gradient[channels + c]);
        }

        return (gamma, sums[..channels], gradient);
    }

    private static double[] InputGradientOf(BatchInputGradient s, ReferenceMemory m)
    {
        int channels = s.Pass.Site.Channels;
        double[] d = BeforeActivation(s.Pass, m),
            x = m[s.Pass.X],
            coefficients = m[s.Pass.Coefficients],
            gradient = m[s.Gradient];
        return
        [
            .. d.Select(
                (v, i) =>
                {
                    int c = i % channels;
                    double through = gradient[channels + c] * (x[i] - coefficients[c]);
                    return coefficients[channels + c] * (v - gradient[c] + through);
                }
            ),
        ];
    }

    private static void Commit(CommitRunningStatistics s, ReferenceMemory m)
    {
        double[] moments = m[s.Moments];
        double count = moments[^1];
        if (count == 0 || m[s.IsFinite][0] == 0)
            return;
        if (count < 2 || !moments.All(double.IsFinite))
        {
            m.RefusedCommits++;
            return;
        }

        double tracked = m[s.BatchesTracked][0] + 1;
        m[s.BatchesTracked] = [tracked];
        double rate = s.Convention.UpdateRate ?? 1 / tracked,
            divisor = s.Convention.RunningVariance == RunningVariance.Unbiased ? count - 1 : count;
        int channels = moments.Length / 2;
        m[s.Running.Mean] = Zip(m[s.Running.Mean], moments[..channels], (a, b) => a + (rate * (b - a)));
        m[s.Running.Variance] = Zip(
            m[s.Running.Variance],
            moments[channels..^1],
            (a, b) => a + (rate * ((b / divisor) - a))
        );
    }
}
