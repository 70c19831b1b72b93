using System.Diagnostics;
using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Layers;
using Evenkeel.Reporting;
using Evenkeel.Training.Schedules;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>Layers that whiten, beside batch normalisation: time of a step, and accuracy with batches smaller and larger than the layer.</summary>
internal sealed class FullWhitening() : Claim(16)
{
    private const int Timed = 15;
    private const int LargeBatch = 256;

    // Fewer examples than units: the covariance has no full rank.
    private const int SmallBatch = 32;

    // Of the time of a step with batch normalisation.
    private const double Costly = 2;

    // Maps that are whitened together: 16 is all of the first layer's and half of the others'.
    private const int Maps = 16;

    private static readonly int[] Batches = [SmallBatch, LargeBatch];

    private static readonly Way[] Ways =
    [
        new("BN", n => n.BatchNorm()),
        new("whitening of all units", n => n.Add(new DecorrelatedBatchNorm(0, BatchNormConvention.Default))),
        new("the same, epsilon 0.1", n => n.Add(new DecorrelatedBatchNorm(0, Epsilon(0.1f)))),
        new("whitening of groups of 20", n => n.Add(new DecorrelatedBatchNorm(20, BatchNormConvention.Default))),
        new(
            "IterNorm of groups of 20",
            n => n.Add(new IterNorm(IterNorm.DefaultIterations, 20, BatchNormConvention.Default))
        ),
    ];

    private static readonly Way[] OfMaps =
    [
        new("BN", n => n.BatchNorm()),
        new($"whitening of groups of {Maps}", n => n.Add(new DecorrelatedBatchNorm(Maps, BatchNormConvention.Default))),
        new(
            $"IterNorm of groups of {Maps}",
            n => n.Add(new IterNorm(IterNorm.DefaultIterations, Maps, BatchNormConvention.Default))
        ),
    ];

    public override string Statement =>
        "Full whitening of a layer's inputs is costly, and singular where a batch has fewer examples than the layer has units.";

    public override string Source => "section 3";

    public override string Rule =>
        $"Holds if a training step that whitens all units takes twice the time of one with batch normalisation or more, and its accuracy with batches of {SmallBatch} "
        + "is clearly below that of batch normalisation; holds in part if one of the two shows.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long examples = setting.Of(19_200L, 192_000L);
        TrialPlan[] plans =
        [
            .. from way in Ways from batch in Batches select Plan(way.Name, way.Dense, batch, examples),
            .. from way in OfMaps
            from batch in Batches
            select Plan($"convolutional, {way.Name}", way.Convolutional, batch, examples),
        ];
        Spread[][] accuracy =
        [
            .. setting
                .Train(data.Split, plans, trial => trial.LastAccuracy)
                .Select(a => Spread.Of(a))
                .Chunk(Batches.Length),
        ];
        // One after another, when nothing else computes.
        double[] seconds = [.. Ways.Select(way => StepSeconds(way, data, setting))];
        double cost = seconds[1] / seconds[0];
        bool costly = cost >= Costly,
            worse = accuracy[0][0].IsAbove(accuracy[1][0]);
        return new Finding(
            costly && worse ? Verdict.Holds
                : costly || worse ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"A step that whitens all {ClaimNetworks.Units} units takes {Text(cost, "F1")} times as long as one with batch normalisation. With batches of "
                + $"{SmallBatch} it reaches {accuracy[1][0].Percent()}, with epsilon 0.1 {accuracy[2][0].Percent()}, in groups of 20 "
                + $"{accuracy[3][0].Percent()}; batch normalisation {accuracy[0][0].Percent()}."
        )
        {
            Scale =
                $"Three hidden layers of {ClaimNetworks.Units} rectifiers, or three convolutions; {examples:N0} examples seen; {data.Name}; {setting.Seeds.Count} seeds; median of {Timed} "
                + $"steps of {LargeBatch} examples on one thread.",
            Tables = Tables(accuracy, seconds),
        };
    }

    // Dense networks come first.
    private static IReadOnlyList<TableSpec> Tables(Spread[][] accuracy, double[] seconds) =>
        [
            Table(
                "Accuracy, and time of a step over that with batch normalisation",
                ["Normalisation", .. Batches.Select(b => $"Test accuracy, batch {b}"), "Time of a step"],
                Ways.Select(
                    (way, i) =>
                        (IReadOnlyList<string>)
                            [
                                way.Name,
                                .. accuracy[i].Select(a => a.Percent()),
                                $"{Text(seconds[i] / seconds[0], "F2")} times",
                            ]
                )
            ),
            Table(
                "Accuracy of the convolutional network",
                ["Normalisation", .. Batches.Select(b => $"Test accuracy, batch {b}")],
                OfMaps.Select(
                    (way, i) => (IReadOnlyList<string>)[way.Name, .. accuracy[Ways.Length + i].Select(a => a.Percent())]
                )
            ),
        ];

    private static BatchNormConvention Epsilon(float epsilon) => BatchNormConvention.Default with { Epsilon = epsilon };

    private static TrialPlan Plan(string name, Graph network, int batch, long examples) =>
        new($"{name}, batch {batch}", network, Training(batch), examples / batch);

    private static TrainingOptions Training(int batch) =>
        new() { BatchSize = batch, LearningRate = new ConstantRate(0.1) };

    private static double StepSeconds(Way way, InMemorySplit data, ClaimSetting setting)
    {
        setting.Cancellation.ThrowIfCancellationRequested();
        setting.Progress($"{way.Name}, time of a step");
        using Model model = Model.Create(way.Dense, setting.Seed);
        using var device = Device.Cpu(1);
        using var trainer = new Trainer(model, data.Train, Training(LargeBatch), device);
        double[] seconds = new double[Timed];
        for (int i = -3; i < Timed; i++)
        {
            long began = Stopwatch.GetTimestamp();
            trainer.Step();
            if (i >= 0)
                seconds[i] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[Timed / 2];
    }

    private sealed record Way(string Name, Action<Network> Norm)
    {
        public Graph Dense => ClaimNetworks.Dense(3, new Relu(), Norm);

        public Graph Convolutional => ClaimNetworks.Convolutional(Norm);
    }
}
