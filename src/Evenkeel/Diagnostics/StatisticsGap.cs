using Evenkeel.Normalization;

namespace Evenkeel.Diagnostics;

/// <summary>How far a layer's stored statistics are from those of data.</summary>
internal sealed class StatisticsGap
{
    /// <summary>The largest gap of means that fits, in deviations.</summary>
    public const double MaxMeanGap = 0.15;

    /// <summary>The largest logarithm of a ratio of variances that fits: exp(0.2), within 22 %.</summary>
    public const double MaxLogRatio = 0.2;

    /// <summary>The largest gap of correlations that fits: what so few examples as a diagnosis may have are off by at random, as for means.</summary>
    public const double MaxCorrelationGap = 0.15;

    private const float MaxValue = 1e10f;

    // Variance by epsilon of a channel that is as good as constant.
    private const double Constant = 1e-3;

    private readonly float[] _storedMean;
    private readonly float[] _storedVariance;
    private readonly ChannelStatistics _found;
    private readonly double _epsilon;
    private readonly int[] _live;

    public StatisticsGap(
        BatchNormTensors stored,
        ChannelStatistics found,
        double epsilon,
        GroupCovariance? covariance = null
    )
    {
        (_storedMean, _storedVariance, _found, _epsilon) = (stored.Mean, stored.Variance, found, epsilon);
        // A channel that is constant on this data has no spread to measure in.
        _live = [.. Enumerable.Range(0, stored.Mean.Length).Where(i => found.Variance[i] > Constant * epsilon)];
        MeanGap = Live(i => (_storedMean[i] - found.Mean[i]) / Deviation(i));
        double[] logs = [.. _live.Select(i => LogRatio(_storedVariance[i], i)).Order()];
        VarianceRatio = logs.Length > 0 ? Math.Exp(logs[logs.Length / 2]) : 1;
        RatioSpread = logs.Length > 0 ? logs[logs.Length * 3 / 4] - logs[logs.Length / 4] : 0;
        VarianceGap = Live(i => LogRatio(_storedVariance[i], i));
        Sound = IsSound(stored);
        CorrelationGap = covariance is null ? null : stored.Covariance?.CorrelationGap(covariance, epsilon);
    }

    /// <summary>Root mean square over channels of the difference of means, in the data's own deviations.</summary>
    public double MeanGap { get; }

    /// <summary>Median over channels of stored variance by the data's.</summary>
    public double VarianceRatio { get; }

    /// <summary>Distance of the quartiles of the logarithm of that ratio.</summary>
    public double RatioSpread { get; }

    /// <summary>Root mean square over channels of the logarithm of stored variance by the data's.</summary>
    public double VarianceGap { get; }

    /// <summary>See <see cref="LayerGap.CorrelationGap"/>.</summary>
    public double? CorrelationGap { get; }

    /// <summary>Whether all stored values are ones that data can have.</summary>
    public bool Sound { get; }

    /// <inheritdoc cref="Sound"/>
    public static bool IsSound(BatchNormTensors stored) =>
        Array.TrueForAll(stored.Mean, m => MathF.Abs(m) < MaxValue)
        && Array.TrueForAll(stored.Variance, v => v is >= 0 and < MaxValue)
        && Enumerable.Range(0, stored.Mean.Length).All(c => stored.Covariance?.IsFinite(c) != false);

    /// <summary>
    /// How far the average got from 0 and 1 to the data's statistics, 0 to 1, if the gap is just that; null if it is something else.
    /// </summary>
    public double? ShareOfTheWay()
    {
        if (Untouched)
            return 0;
        double xx = 0,
            xy = 0,
            yy = 0,
            gap = 0;
        foreach (int i in _live)
        {
            Add(_found.Mean[i] / Deviation(i), _storedMean[i] / Deviation(i));
            Add((_found.Variance[i] - 1) / _found.Variance[i], (_storedVariance[i] - 1) / _found.Variance[i]);
        }

        if (xx == 0 || gap == 0)
            return null;
        double share = xy / xx;
        double left = yy - (share * xy);
        return share is >= 0 and < 0.95 && left < 0.1 * gap ? share : null;

        void Add(double x, double y)
        {
            xx += x * x;
            xy += x * y;
            yy += y * y;
            gap += (y - x) * (y - x);
        }
    }

    /// <summary>The gap of variances that is left if stored ones are taken for something else.</summary>
    public double VarianceGapIf(Func<double, double> meaning) => Live(i => LogRatio(meaning(_storedVariance[i]), i));

    /// <summary>The gap of means that is left if stored ones are taken for something else.</summary>
    public double MeanGapIf(Func<double, double> meaning) =>
        Live(i => (meaning(_storedMean[i]) - _found.Mean[i]) / Deviation(i));

    /// <summary>Logarithms of stored variance by the data's, of channels that vary.</summary>
    public IEnumerable<double> LogRatios => _live.Select(i => LogRatio(_storedVariance[i], i));

    /// <summary>Stored means less the data's, in the data's deviations, of channels that vary.</summary>
    public double[] MeanOffsets => [.. _live.Select(i => (_storedMean[i] - _found.Mean[i]) / Deviation(i))];

    /// <summary>The same for other means than the stored ones.</summary>
    public double[] OffsetsOf(double[] mean) => [.. _live.Select(i => (mean[i] - _found.Mean[i]) / Deviation(i))];

    /// <summary>Whether any channel varies on this data.</summary>
    public bool Varies => _live.Length > 0;

    /// <summary>Whether the data's own statistics are numbers.</summary>
    public bool Measured =>
        Array.TrueForAll(_found.Mean, double.IsFinite) && Array.TrueForAll(_found.Variance, double.IsFinite);

    /// <summary>Whether the stored values are those that a layer begins with.</summary>
    public bool Untouched =>
        Array.TrueForAll(_storedMean, m => m == 0) && Array.TrueForAll(_storedVariance, v => v == 1);

    /// <summary>Gap of means and of variances in one.</summary>
    public double Size => Math.Sqrt((MeanGap * MeanGap) + (VarianceGap * VarianceGap));

    /// <summary>
    /// Whether the gap is what a good running average shows: means within 0.15 deviations, variances within 22 %, correlations within 0.15.
    /// </summary>
    public bool Fits =>
        Sound
        && MeanGap <= MaxMeanGap
        && Math.Abs(Math.Log(VarianceRatio)) <= MaxLogRatio
        && !(CorrelationGap > MaxCorrelationGap);

    private double Deviation(int i) => Math.Sqrt(_found.Variance[i] + _epsilon);

    private double LogRatio(double stored, int i) => Math.Log((stored + _epsilon) / (_found.Variance[i] + _epsilon));

    private double Live(Func<int, double> value) =>
        _live.Length == 0 ? 0 : Math.Sqrt(_live.Average(i => value(i) * value(i)));
}
