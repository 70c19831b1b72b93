using Evenkeel.Graphs;
using Evenkeel.Layers;
using static System.FormattableString;

namespace Evenkeel.Diagnostics;

/// <summary>The checks of a batch normalisation that need no data.</summary>
internal static class BatchNormChecks
{
    private const double MaxVariance = 1e10;
    private const double MaxOfMedian = 1e6;
    private const double LastingShare = 0.05;

    // Of normal data one value in 30,000 lies beyond four deviations.
    private const float Reach = 4;

    private const string Recalibrate = "recalibrate on data like that in use";

    public static IEnumerable<BatchNormFinding> Run(Graph graph, Node node, BatchNormTensors t)
    {
        BatchNormConvention convention = NormNodes.ConventionOf(node);
        BatchNormFinding?[] found =
        [
            NotFinite(t),
            Negative(t),
            Updates(t, convention),
            Collapsed(t, convention),
            Exploded(t),
            Dead(graph, node, t),
        ];
        return found.OfType<BatchNormFinding>();
    }

    private static BatchNormFinding? NotFinite(BatchNormTensors t)
    {
        if (Where(t, i => !IsFinite(t, i)) is not { } bad)
            return null;
        bool parameters = Array.Exists(bad, i => !Finite(t.Gamma[i], t.Beta[i]));
        return new BatchNormFinding(
            BatchNormProblem.NotFinite,
            bad,
            $"NaN or infinity in {Name(bad)}",
            parameters ? "go back to a checkpoint before the scale or shift went wrong" : Recalibrate
        );
    }

    private static BatchNormFinding? Negative(BatchNormTensors t) =>
        Where(t, i => t.Variance[i] < 0) is { } negative
            ? new BatchNormFinding(
                BatchNormProblem.NegativeVariance,
                negative,
                $"negative variance in {Name(negative)}",
                Recalibrate
            )
            : null;

    private static BatchNormFinding? Collapsed(BatchNormTensors t, BatchNormConvention convention) =>
        Where(t, i => t.Variance[i] >= 0 && t.Variance[i] < convention.Epsilon) is { } collapsed
            ? new BatchNormFinding(
                BatchNormProblem.CollapsedVariance,
                collapsed,
                Invariant($"variance below eps {convention.Epsilon:G3} in {Name(collapsed)}"),
                "look for constant inputs, or for the eps of another system; recalibrate"
            )
            : null;

    private static BatchNormFinding? Exploded(BatchNormTensors t)
    {
        double median = Median(t.Variance);
        double limit = Math.Min(MaxVariance, MaxOfMedian * median);
        return Where(t, i => float.IsFinite(t.Variance[i]) && t.Variance[i] > limit) is { } exploded
            ? new BatchNormFinding(
                BatchNormProblem.ExplodedVariance,
                exploded,
                Invariant(
                    $"variance up to {exploded.Max(i => t.Variance[i]):G3} in {Name(exploded)}, the layer's median is {median:G3}"
                ),
                Recalibrate
            )
            : null;
    }

    private static BatchNormFinding? Dead(Graph graph, Node node, BatchNormTensors t)
    {
        Node[] readers = [.. graph.Consumers(node.Name)];
        bool rectified = readers.Length > 0 && Array.TrueForAll(readers, n => n.Layer is Relu);
        return Where(t, i => IsDead(t.Gamma[i], t.Beta[i], rectified)) is { } dead
            ? new BatchNormFinding(
                BatchNormProblem.DeadChannels,
                dead,
                $"{dead.Length} of {t.Gamma.Length} channels give the same value whatever the data: {Name(dead)}",
                "they can be pruned; when training, lower the learning rate or the decay of the scale"
            )
            : null;
    }

    private static BatchNormFinding? Updates(BatchNormTensors t, BatchNormConvention convention)
    {
        int[] all = [.. Enumerable.Range(0, t.Mean.Length)];
        if (Array.TrueForAll(t.Mean, m => m == 0) && Array.TrueForAll(t.Variance, v => v == 1))
        {
            return new BatchNormFinding(
                BatchNormProblem.NeverUpdated,
                all,
                "the running statistics were never updated: every mean is 0 and every variance 1",
                "run diagnose, which tries recalibration: a network that was trained with these statistics needs them"
            );
        }

        // Files of other systems may carry no count; 0 with statistics that moved means unknown.
        double left = convention.UpdateRate is { } rate && t.Updates > 0 ? Math.Pow(1 - rate, t.Updates) : 0;
        return left > LastingShare
            ? new BatchNormFinding(
                BatchNormProblem.FewUpdates,
                all,
                Invariant(
                    $"only {t.Updates} updates at rate {convention.UpdateRate}: the initial values still have a weight of {100 * left:F0} %"
                ),
                $"train longer, raise the update rate, or {Recalibrate}"
            )
            : null;
    }

    private static bool IsDead(float gamma, float beta, bool rectified) =>
        gamma == 0 || (rectified && beta + (Reach * MathF.Abs(gamma)) < 0);

    private static bool IsFinite(BatchNormTensors t, int channel) =>
        Finite(t.Gamma[channel], t.Beta[channel], t.Mean[channel], t.Variance[channel])
        && t.Covariance?.IsFinite(channel) != false;

    private static bool Finite(params ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }

    // The channels for which it holds, or null if there are none.
    private static int[]? Where(BatchNormTensors t, Func<int, bool> holds)
    {
        int[] channels = [.. Enumerable.Range(0, t.Gamma.Length).Where(holds)];
        return channels.Length > 0 ? channels : null;
    }

    private static double Median(float[] values)
    {
        float[] finite = [.. values.Where(v => float.IsFinite(v)).Order()];
        return finite.Length > 0 ? finite[finite.Length / 2] : 0;
    }

    private static string Name(int[] channels) =>
        channels.Length switch
        {
            1 => Invariant($"channel {channels[0]}"),
            <= 6 => $"channels {string.Join(", ", channels)}",
            _ => Invariant($"channels {string.Join(", ", channels.Take(5))} and {channels.Length - 5} more"),
        };
}
