using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Data.Sampling;
using Evenkeel.Layers;
using Evenkeel.Training.Schedules;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>The same batches every epoch, batches within shards, and new batches every epoch.</summary>
internal sealed class Shuffling() : Claim(13)
{
    private static readonly (string Name, ShuffleMode Mode)[] Ways =
    [
        ("fixed batches", ShuffleMode.None),
        ("shuffled within shards", ShuffleMode.Shards),
        ("shuffled", ShuffleMode.Full),
    ];

    public override string Statement =>
        "Examples should be shuffled more thoroughly, so that the same ones do not meet again in a batch.";

    public override string Source => "section 4.2.1 (about 1 % better)";

    public override string Rule =>
        "Holds if full shuffling ends clearly above fixed batches; does not hold if clearly below; otherwise it cannot be seen.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        int examples = setting.Of(3_000, 6_000);
        long steps = setting.Of(1_500L, 10_000L);
        var few = new DatasetSplit(data.Train.Take(examples), data.Test);
        TrialPlan[] plans =
        [
            .. Ways.Select(way => new TrialPlan(
                way.Name,
                ClaimNetworks.Dense(3, new Relu(), ClaimNetworks.BatchNorm),
                new TrainingOptions
                {
                    BatchSize = 30,
                    LearningRate = new ConstantRate(0.1),
                    Shuffle = way.Mode,
                    Shards = 10,
                },
                steps
            )),
        ];
        Spread[] accuracy = [.. setting.Train(few, plans, trial => trial.LastAccuracy).Select(a => Spread.Of(a))];
        return new Finding(
            accuracy[2].IsAbove(accuracy[0]) ? Verdict.Holds
                : accuracy[0].IsAbove(accuracy[2]) ? Verdict.DoesNotHold
                : Verdict.CannotBeSeen,
            $"Fixed batches end at {accuracy[0].Percent()}, batches shuffled within 10 shards at {accuracy[1].Percent()}, full shuffling at "
                + $"{accuracy[2].Percent()}."
        )
        {
            Scale =
                $"Three hidden layers of 100 rectifiers with batch normalisation, {steps:N0} steps of 30 examples on {examples:N0} examples of {data.Name}; "
                + $"{setting.Seeds.Count} seeds.",
            Tables =
            [
                Table(
                    "Test accuracy at the end",
                    ["Order of the examples", "Test accuracy"],
                    Ways.Select((way, i) => (IReadOnlyList<string>)[way.Name, accuracy[i].Percent()])
                ),
            ],
        };
    }
}
