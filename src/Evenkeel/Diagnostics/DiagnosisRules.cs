using System.Globalization;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using static System.FormattableString;

namespace Evenkeel.Diagnostics;

/// <summary>A named cause with its words.</summary>
internal sealed record CauseFound(StatisticsCause Cause, string Text, string Remedy)
{
    public static CauseFound None { get; } =
        new(StatisticsCause.None, "the stored statistics fit this data in every layer", "nothing needs doing");
}

/// <summary>From gaps to a cause; the first rule that holds names it.</summary>
internal static class DiagnosisRules
{
    private const double MostMeanGap = 0.15;

    // exp(0.2): variances within 22 %.
    private const double MostLogRatio = 0.2;
    private const double FastRate = 0.5;
    private const double MostShareSpread = 0.2;

    /// <summary>Whether a gap is what a good running average shows.</summary>
    public static bool Fits(StatisticsGap gap) =>
        gap.MeanGap <= MostMeanGap && Math.Abs(Math.Log(gap.VarianceRatio)) <= MostLogRatio;

    /// <summary>Causes that the statistics alone give away.</summary>
    public static CauseFound? Certain(Node[] norms, StatisticsGap[] gaps)
    {
        string[] bad = [.. norms.Zip(gaps).Where(p => !p.Second.Sound).Select(p => p.First.Name)];
        if (bad.Length > 0)
            return Poisoned(bad);
        return Array.TrueForAll(gaps, Fits)
            ? null
            : Convention(norms, gaps) ?? TooFew(norms, gaps) ?? UpdateRate(norms, gaps);
    }

    private static CauseFound Poisoned(string[] layers) =>
        new(
            StatisticsCause.Poisoned,
            $"the stored statistics of {Name(layers)} hold NaN, infinity or values that no data has",
            "recalibrate; then look for the batch that spoiled them, or train with statistics that refuse such batches"
        );

    private static CauseFound? TooFew(Node[] norms, StatisticsGap[] gaps)
    {
        (string Name, double Share)[] found =
        [
            .. norms
                .Zip(gaps, (n, g) => (n.Name, Share: Fits(g) ? null : g.ShareOfTheWay()))
                .Where(p => p.Share is not null)
                .Select(p => (p.Name, p.Share!.Value)),
        ];
        // All layers are updated together, so they have all gone the same share of their way.
        bool together =
            2 * found.Length >= gaps.Length
            && Most(found.Length, gaps)
            && found.Max(f => f.Share) - found.Min(f => f.Share) < MostShareSpread;
        return together
            ? new CauseFound(
                StatisticsCause.TooFewUpdates,
                Invariant(
                    $"the running average of {Name([.. found.Select(f => f.Name)])} has gone {100 * found.Average(f => f.Share):F0} % of the way from its beginning (0 and 1) to the data"
                ),
                "recalibrate, train longer, or raise the update rate"
            )
            : null;
    }

    private static CauseFound? Convention(Node[] norms, StatisticsGap[] gaps)
    {
        double gap = Rms(gaps, g => g.VarianceGap);
        if (gap < MostLogRatio || Rms(gaps, g => g.MeanGap) > MostMeanGap)
            return null;
        double epsilon = ((BatchNorm)norms[0].Layer).Convention.Epsilon;
        (string Words, Func<double, double> Meaning)[] readings =
        [
            ("standard deviations stand where variances belong", v => v * v),
            ("inverse standard deviations stand where variances belong", v => (1 / (v * v)) - epsilon),
        ];
        foreach ((string words, Func<double, double> meaning) in readings)
        {
            if (Rms(gaps, g => g.VarianceGapIf(meaning)) < 0.25 * gap)
                return new CauseFound(
                    StatisticsCause.Convention,
                    $"in every layer {words}: the file comes from a system with another convention",
                    "convert them on import, or recalibrate"
                );
        }

        double ratio = Math.Exp(gaps.Average(g => Math.Log(g.VarianceRatio)));
        bool even =
            gaps.Length > 1
            && Array.TrueForAll(gaps, g => Math.Abs(Math.Log(g.VarianceRatio / ratio)) < 0.1 && g.RatioSpread < 0.2);
        return even
            ? new CauseFound(
                StatisticsCause.Convention,
                Invariant(
                    $"every variance is {ratio:F2} times the data's, in all layers alike: variances over m for m - 1, or of another scale"
                ),
                "multiply by m / (m - 1) of the training's batches on import, or recalibrate"
            )
            : null;
    }

    private static CauseFound? UpdateRate(Node[] norms, StatisticsGap[] gaps)
    {
        Node[] fast =
        [
            .. norms
                .Zip(gaps)
                .Where(p => !Fits(p.Second) && ((BatchNorm)p.First.Layer).Convention.UpdateRate > FastRate)
                .Select(p => p.First),
        ];
        return Most(fast.Length, gaps)
            ? new CauseFound(
                StatisticsCause.UpdateRate,
                Invariant(
                    $"the update rate is {((BatchNorm)fast[0].Layer).Convention.UpdateRate}: the running average of {Name([.. fast.Select(n => n.Name)])} is little more than the last batch; PyTorch's momentum is this rate, that of Keras and ONNX is 1 - rate"
                ),
                "recalibrate, and train with a rate of 0.1 or less"
            )
            : null;
    }

    /// <summary>
    /// What is left to explain a gap. Another kind of data shows in the first layers, whose input it is, and is normalised away behind them,
    /// and may be off by any amount. An average of batches of B examples at update rate r is off by the square root of r / (2 - r) / B deviations,
    /// in every layer, and more where the layers before it distort.
    /// </summary>
    public static CauseFound? SmallOrShifted(Graph graph, Node[] norms, StatisticsGap[] gaps)
    {
        if (Array.TrueForAll(gaps, Fits))
            return null;
        Dictionary<string, int> depth = NormDepth.Of(graph);
        int deepest = norms.Max(n => depth[n.Name]);
        double first = Rms([.. gaps.Where((_, i) => depth[norms[i].Name] == 1)], Size),
            last = deepest == 1 ? 0 : Rms([.. gaps.Where((_, i) => depth[norms[i].Name] > (deepest + 1) / 2)], Size);
        string[] off = [.. norms.Zip(gaps).Where(p => !Fits(p.Second)).Select(p => p.First.Name)];
        (Node Norm, StatisticsGap Gap)[] entry = [.. norms.Zip(gaps).Where(p => depth[p.First.Name] == 1)];
        bool beyondBatches =
            entry.Average(p => p.Gap.MeanGap) > entry.Max(p => GapOfSingleExamples((BatchNorm)p.Norm.Layer));
        // Where nothing is normalised twice, small batches leave the same traces as another kind of data does.
        string doubt =
            deepest > 1 || beyondBatches
                ? ""
                : "; or its batches were of a few examples, which a single layer cannot tell";
        return first > last && (beyondBatches || first > 2 * last)
            ? new CauseFound(
                StatisticsCause.DomainShift,
                Invariant(
                    $"what enters the network is of another kind than in training: the first statistics are off by {first:F2} deviations, {Name(off)}{doubt}"
                ),
                "recalibrate on data of this kind (AdaBN); with few examples give the old statistics a prior weight"
            )
            : new CauseFound(
                StatisticsCause.TinyBatches,
                Invariant(
                    $"the stored statistics are astray from the first layer ({first:F2} deviations) to the last half ({last:F2}), as far as averages of batches of a few examples are: {Name(off)}"
                ),
                "recalibrate with batches of 16 or more; train with larger batches, or freeze the statistics"
            );
    }

    // Batches of one; a third more for chance. An average of all batches has no such limit to its precision.
    private static double GapOfSingleExamples(BatchNorm norm) =>
        norm.Convention.UpdateRate is { } rate ? 1.3 * Math.Sqrt(rate / (2 - rate)) : 0;

    private static double Size(StatisticsGap gap) =>
        Math.Sqrt((gap.MeanGap * gap.MeanGap) + (gap.VarianceGap * gap.VarianceGap));

    private static bool Most(int found, StatisticsGap[] gaps) => found > 0 && 2 * found >= gaps.Count(g => !Fits(g));

    private static double Rms(StatisticsGap[] gaps, Func<StatisticsGap, double> value) =>
        Math.Sqrt(gaps.Average(g => value(g) * value(g)));

    private static string Name(string[] layers) =>
        layers.Length <= 3
            ? string.Join(", ", layers.Select(l => $"'{l}'"))
            : $"'{layers[0]}' and {(layers.Length - 1).ToString(CultureInfo.InvariantCulture)} more layers";
}
