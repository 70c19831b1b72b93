using Evenkeel.Graphs;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>Statistics of other data than this.</summary>
internal static class ShiftRules
{
    private const double MaxInner = 0.4;

    /// <summary>The least gap of the entry layers that another kind of data shows.</summary>
    public const double MinEntry = 0.4;

    private const double Plain = 1;

    private const double MinExplained = 0.5;
    private const double MaxRatio = 0.8;
    private const int ChannelsPerClass = 2;

    /// <summary>
    /// Another kind of data shows in the first layers, whose input it is, and is normalised away behind them. Test statistic: the gap of the
    /// layers behind by that of the entry layers, at most 0.4, with an entry gap of 0.4 or more.
    /// </summary>
    public static CauseFound? DomainShift(GapEvidence evidence)
    {
        if (evidence.EntrySize < MinEntry || evidence.InnerSize > MaxInner * evidence.EntrySize)
            return null;
        // Where nothing is normalised twice, weights that changed leave the same traces.
        bool doubt = !evidence.HasDepth && evidence.Entry.All(e => e.Gap.MeanGap < Plain);
        return new CauseFound(
            StatisticsCause.DomainShift,
            Invariant(
                $"the inputs of the network differ from those in training: the statistics of its first layers are off by {evidence.EntrySize:F2} standard deviations, those of later layers by {evidence.InnerSize:F2}{(doubt ? "; or the weights changed later, which one layer alone cannot distinguish" : "")}"
            )
        );
    }

    /// <summary>
    /// Training data sorted by class: the running average saw the last classes alone. Test statistic: the share of the entry layers' gap of
    /// means that differences between classes explain, one half or more, with variances below 0.8 of the data's, since one class varies
    /// less than all. Only where there are two channels or more for each class; fewer explain anything; and
    /// where an example has one label.
    /// </summary>
    public static CauseFound? SortedData(GapEvidence evidence, Model training, IDataset data, Device device)
    {
        if (data.Classes == 0 || data.LabelLength > 1)
            return null;
        (Node Norm, StatisticsGap Gap)[] entry = [.. evidence.Entry];
        double[] offsets = [.. entry.SelectMany(e => e.Gap.MeanOffsets)];
        double ratio = Math.Exp(entry.Average(e => Math.Log(e.Gap.VarianceRatio)));
        if (ratio > MaxRatio || offsets.Length < ChannelsPerClass * data.Classes)
            return null;
        double explained = ClassMixture.Explained(offsets, OffsetsByClass(entry, training, data, device));
        return explained >= MinExplained
            ? new CauseFound(
                StatisticsCause.SortedData,
                Invariant(
                    $"the statistics of the first layers are those of a few classes: differences between classes explain {100 * explained:F0} % of their gap, and variances are {ratio:F2} times those of the data; the training data was sorted by class"
                ),
                "shuffle the training data"
            )
            : null;
    }

    private static List<double[]> OffsetsByClass(
        (Node Norm, StatisticsGap Gap)[] entry,
        Model training,
        IDataset data,
        Device device
    )
    {
        int[] labels = new int[data.Count];
        float[] inputs = new float[data.InputLength];
        for (int i = 0; i < labels.Length; i++)
            data.Read([i], inputs, labels.AsSpan(i, 1));
        var offsets = new List<double[]>();
        foreach (IGrouping<int, int> members in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]))
        {
            int[] examples = [.. members];
            if (examples.Length < 2)
                continue;
            Population found = Examination.Measure(training, data.Pick(examples), new PopulationOptions(), device);
            offsets.Add([.. entry.SelectMany(e => e.Gap.OffsetsOf(found.Channels[e.Norm.Name].Mean))]);
        }

        return offsets;
    }
}
