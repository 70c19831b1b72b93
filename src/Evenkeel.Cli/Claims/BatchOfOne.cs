using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Reporting;
using Evenkeel.Training.Schedules;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>Batches of 1 to 256 examples, with the same number of examples seen.</summary>
internal sealed class BatchOfOne() : Claim(1)
{
    // Of the rate for 32 examples: in proportion to the batch, and no higher than for 128.
    private const double RateOf32 = 0.1;
    private const double HighestRate = 4 * RateOf32;

    // Batches of this size are normalised in parts, each with statistics of its own (Hoffer et al. 2017).
    private const int Ghosted = 64;
    private const int Ghost = 5;

    private const int StatisticsExamples = 5_000;

    // A network that keeps this much of its accuracy works.
    private const double Working = 0.05;

    private static readonly int[] Batches = [1, 2, 4, 8, 16, 32, 64, 256];

    public override string Statement => "Batch normalisation does not work with batches of one example.";

    public override string Source => "the paper requires m > 1 in Algorithm 1";

    public override string Rule =>
        "Holds if neither a dense nor a convolutional network trains with one example to a batch; holds in part if one of them does, within 5 points "
        + "of its accuracy with 32.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long examples = setting.Of(12_800L, 128_000L);
        var renorm = BatchNormConvention.Default with
        {
            Renormalization = new BatchRenormalization
            {
                FirstStep = 100,
                RatioStep = 400,
                OffsetStep = 400,
            },
            SingleValue = SingleValuePolicy.UseRunningStatistics,
        };
        (string Name, Graph Network)[] networks =
        [
            ("dense, BN", ClaimNetworks.Dense(2, new Relu(), ClaimNetworks.BatchNorm)),
            ("dense, renorm", ClaimNetworks.Dense(2, new Relu(), n => n.BatchNorm(renorm))),
            ("dense, GroupNorm", ClaimNetworks.Dense(2, new Relu(), n => n.Add(new GroupNorm(10)))),
            ("dense, none", ClaimNetworks.Dense(2, new Relu(), ClaimNetworks.Plain)),
            ("convolutional, BN", ClaimNetworks.Convolutional(ClaimNetworks.BatchNorm)),
            ($"dense, ghosts in {Ghosted}", ClaimNetworks.Dense(2, new Relu(), ClaimNetworks.BatchNorm)),
        ];
        (int Network, int Batch)[] tried =
        [
            .. from n in Enumerable.Range(0, networks.Length) from b in Batches where Fits(n, b) select (n, b),
        ];
        IReadOnlyList<double[]> results = setting.Train(
            data.Split,
            [
                .. tried.Select(t =>
                    Plan(networks[t.Network], t.Network == Ghost ? Ghosted : t.Batch, t.Batch, examples)
                ),
            ],
            trial => Judged(trial, data)
        );
        var accuracy = tried.Zip(results).ToDictionary(r => r.First, r => Spread.Of(r.Second));
        return Judge(setting, data, networks, accuracy, Refusal(networks[0].Network, data), examples);
    }

    // A dense network's batch normalisation needs two values; a ghost batch is a part of the batch.
    private static bool Fits(int network, int batch) =>
        network switch
        {
            0 => batch > 1,
            Ghost => batch is > 1 and <= Ghosted,
            _ => true,
        };

    private static TrialPlan Plan((string Name, Graph Network) network, int batch, int together, long examples) =>
        new(
            $"{network.Name}, batch {together}",
            network.Network,
            new TrainingOptions
            {
                BatchSize = batch,
                Accumulate = batch / together,
                LearningRate = new ConstantRate(Math.Min(HighestRate, RateOf32 * batch / 32)),
            },
            examples / batch
        );

    // With statistics measured over training data (Algorithm 2): the moving average of small batches is another matter.
    private static double Judged(Trial trial, InMemorySplit data)
    {
        if (trial.Model.Graph.Nodes.Any(n => n.Layer is BatchNorm { Convention.Renormalization: null }))
            trial.Model.Recalibrate(
                data.Train.Take(Math.Min(StatisticsExamples, data.Train.Count)),
                device: trial.Device
            );
        return trial.Model.Evaluate(data.Test, trial.Device).Accuracy;
    }

    // What the engine says to a dense network and one example.
    private static string? Refusal(Graph network, InMemorySplit data)
    {
        using Model model = Model.Create(network, 1);
        using var device = Device.Cpu(1);
        using var trainer = new Trainer(model, data.Train, new TrainingOptions { BatchSize = 1 }, device);
        try
        {
            trainer.Step();
            return null;
        }
        catch (SingleValuePerChannelException e)
        {
            return e.Message;
        }
    }

    private static Finding Judge(
        ClaimSetting setting,
        InMemorySplit data,
        (string Name, Graph Network)[] networks,
        Dictionary<(int Network, int Batch), Spread> accuracy,
        string? refusal,
        long examples
    )
    {
        Spread one = accuracy[(4, 1)],
            many = accuracy[(4, 32)];
        bool convolutional = one.Mean > many.Mean - Working;
        return new Finding(
            refusal is null ? Verdict.DoesNotHold
                : convolutional ? Verdict.HoldsInPart
                : Verdict.Holds,
            $"A dense network with one example to a batch is refused, because a single value has no variance; with two it reaches "
                + $"{accuracy[(0, 2)].Percent()}, with 32 {accuracy[(0, 32)].Percent()}. A convolutional network has many values to each map: with one "
                + $"example it reaches {one.Percent()}, with 32 {many.Percent()}. Batch renormalisation with one example: "
                + $"{accuracy[(1, 1)].Percent()}; GroupNorm: {accuracy[(2, 1)].Percent()}. Ghost "
                + $"batches of two in batches of {Ghosted}: {accuracy[(Ghost, 2)].Percent()}."
        )
        {
            Scale =
                $"Two hidden layers of 100 rectifiers, or three convolutions; {data.Name}, {examples:N0} examples seen; {setting.Seeds.Count} seeds. Judged with Algorithm 2's statistics "
                + $"of {StatisticsExamples:N0} training examples.",
            Figures = [ByBatch(networks, accuracy)],
            Tables = [Accuracies(networks, accuracy)],
        };
    }

    private static FigureSpec ByBatch(
        (string Name, Graph Network)[] networks,
        Dictionary<(int Network, int Batch), Spread> accuracy
    ) =>
        Figure(
            "Accuracy by the size of the batch",
            LogAxis("Examples normalised together"),
            Axis("Test accuracy"),
            [
                .. networks.Select(
                    (n, i) =>
                    {
                        int[] batches = [.. Batches.Where(b => accuracy.ContainsKey((i, b)))];
                        return Line(n.Name, batches.Select(b => (double)b), batches.Select(b => accuracy[(i, b)]));
                    }
                ),
            ]
        );

    private static TableSpec Accuracies(
        (string Name, Graph Network)[] networks,
        Dictionary<(int Network, int Batch), Spread> accuracy
    ) =>
        Table(
            "Test accuracy",
            ["Network", .. Batches.Select(b => $"batch {b}")],
            networks.Select(
                (n, i) =>
                    (IReadOnlyList<string>)
                        [
                            n.Name,
                            .. Batches.Select(b =>
                                accuracy.TryGetValue((i, b), out Spread a) ? a.Percent()
                                : i == Ghost && b > 1 ? ""
                                : "refused"
                            ),
                        ]
            )
        );
}
