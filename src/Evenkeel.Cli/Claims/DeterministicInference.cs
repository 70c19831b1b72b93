using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Diagnostics;
using Evenkeel.Normalization;
using Evenkeel.Reporting;
using Evenkeel.Training;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>Inference alone and in batches, folded and not, with three ways to get the statistics.</summary>
internal sealed class DeterministicInference() : Claim(14)
{
    private const int Examples = 256;

    // Logits of a few units, rounded to float32 in three layers.
    private const double FoldBound = 1e-3;

    private const double Equal = 0.005;

    public override string Statement =>
        "Inference is deterministic and one affine map: an output does not depend on the other examples, and moving averages serve as well as "
        + "statistics of the whole training set.";

    public override string Source => "section 3.1, Algorithm 2";

    public override string Rule =>
        "Holds if each output has the same bits alone and in batches, the folded network differs by less than 1e-3, and the mean accuracies with moving "
        + "averages, Algorithm 2 and pooled statistics lie within half a point; holds in part without the last.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long steps = setting.Of(1_000L, 10_000L);
        var plan = TrialPlan.NormalizedSigmoids(steps);
        Row[] rows = setting.Train(data.Split, [plan], trial => Look(trial, data))[0];
        bool alone = rows.All(r => r.SameAlone),
            folds = rows.All(r => r.Folded < FoldBound),
            near =
                Math.Max(
                    Math.Abs(rows.Average(r => r.Paper - r.Running)),
                    Math.Abs(rows.Average(r => r.Pooled - r.Running))
                ) < Equal;
        return new Finding(
            alone && folds && near ? Verdict.Holds
                : alone && folds ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"Outputs alone and in batches {(alone ? "have the same bits" : "differ")}; folding changes them by at most {Text(rows.Max(r => r.Folded))}. "
                + $"Accuracy with moving averages {Spread.Of(rows.Select(r => r.Running)).Percent()}, with Algorithm 2 "
                + $"{Spread.Of(rows.Select(r => r.Paper)).Percent()}, with statistics pooled layer by layer {Spread.Of(rows.Select(r => r.Pooled)).Percent()}."
        )
        {
            Scale =
                $"Three hidden layers of 100 sigmoids, {steps:N0} steps of 60 examples; {data.Name}; {rows.Length} seeds; outputs of {Examples} test examples.",
            Tables = [EachSeed(rows, setting)],
        };
    }

    private static TableSpec EachSeed(Row[] rows, ClaimSetting setting) =>
        Table(
            "Each seed",
            ["Seed", "Same bits alone", "Largest change by folding", "Moving averages", "Algorithm 2", "Pooled"],
            rows.Select(
                (r, i) =>
                    (IReadOnlyList<string>)
                        [
                            Text(setting.Seeds[i]),
                            r.SameAlone ? "yes" : "no",
                            Text(r.Folded),
                            Percent(r.Running),
                            Percent(r.Paper),
                            Percent(r.Pooled),
                        ]
            )
        );

    private static Row Look(Trial trial, InMemorySplit data)
    {
        IDataset few = data.Test.Take(Math.Min(Examples, data.Test.Count));
        using Model folded = trial.Model.FoldBatchNorm();
        return new Row(
            SameAlone(trial.Model, few),
            OutputDifference.Measure(trial.Model, folded, few, trial.Device).Largest,
            trial.LastAccuracy,
            With(PopulationEstimator.Paper, RecalibrationOrder.OnePass),
            With(PopulationEstimator.Pooled, RecalibrationOrder.LayerByLayer)
        );

        double With(PopulationEstimator estimator, RecalibrationOrder order)
        {
            using Model model = trial.Model.Clone();
            var options = new RecalibrationOptions { Estimator = estimator, Order = order };
            model.Recalibrate(data.Train, options, trial.Device);
            return model.Evaluate(data.Test, trial.Device).Accuracy;
        }
    }

    private static bool SameAlone(Model model, IDataset few)
    {
        float[] inputs = few.Inputs();
        using Predictor predictor = model.CreatePredictor(maxBatch: few.Count);
        float[] together = predictor.Predict(inputs);
        int classes = together.Length / few.Count;
        return Enumerable
            .Range(0, few.Count)
            .All(i =>
                predictor
                    .Predict(inputs.AsSpan(i * few.InputLength, few.InputLength))
                    .AsSpan()
                    .SequenceEqual(together.AsSpan(i * classes, classes))
            );
    }

    private sealed record Row(bool SameAlone, double Folded, double Running, double Paper, double Pooled);
}
