using Evenkeel.Kernels.Reference;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Execution.Reference;

/// <summary>Losses by weights of classes, of values, and of the caller's own.</summary>
internal static partial class ReferenceBackend
{
    private static void AddWeightedLosses()
    {
        Add<WeightedCrossEntropyForward>(
            (s, m) =>
            {
                double[] logits = m[s.Logits];
                m[s.Probabilities] = Array.ConvertAll(
                    SoftmaxReference.Logarithms(s.Aim.Weights.Length, logits),
                    Math.Exp
                );
                m[s.Losses] = WeightedCrossEntropyReference
                    .Of(logits, Labels(m, s.Labels), WeightsOf(s.Aim), s.Aim.Smoothing)
                    .Losses;
            }
        );
        Add<WeightedCrossEntropyBackward>(
            (s, m) =>
            {
                double[] aimed = WeightedCrossEntropyReference.Aimed(
                        Labels(m, s.Labels),
                        WeightsOf(s.Aim),
                        s.Aim.Smoothing
                    ),
                    totals = RowSums(aimed, s.Aim.Weights.Length);
                double rows = (double)m.Total * s.Positions * m.Scalars.MeanWeight;
                m[s.DLogits] =
                [
                    .. m[s.Probabilities].Select((p, i) => ((p * totals[i / s.Aim.Weights.Length]) - aimed[i]) / rows),
                ];
            }
        );
    }

    private static void AddValueLosses()
    {
        Add<ValueLossForward>(
            (s, m) =>
            {
                double[] losses = [.. m[s.Output].Zip(m[s.Targets], (x, t) => ValueLossOf(s.Rule, x, t).Loss)];
                m[s.Losses] =
                [
                    .. losses.Chunk(Math.Max(1, losses.Length / Math.Max(1, m.Batch))).Select(r => r.Average()),
                ];
            }
        );
        Add<ValueLossBackward>(
            (s, m) =>
                m[s.DOutput] = [
                    .. m[s.Output]
                        .Zip(m[s.Targets], (x, t) => ValueLossOf(s.Rule, x, t).Slope / ((double)m.Total * s.Values)),
                ]
        );
    }

    private static void AddCustomLosses()
    {
        Add<CustomLossForward>(
            (s, m) =>
            {
                float[] output = Rounded(m[s.Output]),
                    slopes = new float[output.Length],
                    losses = new float[m.Batch];
                s.Run(output, Rounded(m[s.Targets]), slopes, losses);
                (m[s.Slopes], m[s.Losses]) = (Doubles(slopes), Doubles(losses));
            }
        );
        Add<CustomLabelLossForward>(
            (s, m) =>
            {
                float[] output = Rounded(m[s.Output]),
                    slopes = new float[output.Length],
                    losses = new float[m.Batch];
                s.Run(output, Labels(m, s.Labels), slopes, losses);
                (m[s.Slopes], m[s.Losses]) = (Doubles(slopes), Doubles(losses));
            }
        );
        Add<CustomLossBackward>((s, m) => m[s.DOutput] = Array.ConvertAll(m[s.Slopes], v => v / m.Total));
    }

    private static int[] Labels(ReferenceMemory m, BufferId labels) => Array.ConvertAll(m[labels], label => (int)label);

    private static double[] WeightsOf(ClassAim aim) => [.. aim.Weights.Select(w => (double)w)];

    private static (double Loss, double Slope) ValueLossOf(ValueLoss rule, double x, double t) =>
        rule switch
        {
            MeanSquaredError => PointwiseLossReference.SquaredError(x, t),
            MeanAbsoluteError => PointwiseLossReference.AbsoluteError(x, t),
            HuberLoss huber => PointwiseLossReference.HuberError(x, t, (float)huber.Delta),
            BinaryCrossEntropy => PointwiseLossReference.Logistic(x, t),
            _ => throw new NotSupportedException($"The reference device does not know {rule.Kind}."),
        };
}
