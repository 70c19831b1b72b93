using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Execution;
using Evenkeel.Layers;
using Evenkeel.Planning;
using Evenkeel.Ranks;
using Evenkeel.Training.Schedules;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>A batch split over two ranks: what they must tell each other, and whether the result is that of one rank.</summary>
internal sealed class TiedExamples() : Claim(2)
{
    private const int Ranks = 2;
    private const int Batch = 60;

    public override string Statement => "Batch normalisation ties the examples of a batch, which costs parallelism.";

    public override string Source => "section 3: the statistics are those of the whole mini-batch";

    public override string Rule =>
        "Holds if a step of two ranks needs more exchanges with batch normalisation than without, and two ranks without them differ from one; with them "
        + "the result must have the same bits as that of one rank.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long steps = setting.Of(100L, 1_000L);
        Way[] ways =
        [
            new("without BN", ClaimNetworks.Dense(3, new Relu(), ClaimNetworks.Plain)),
            new("BN over the whole batch", ClaimNetworks.Dense(3, new Relu(), ClaimNetworks.BatchNorm)),
            new("BN over each rank's part", ClaimNetworks.Dense(3, new Relu(), Ghost)),
        ];
        Row[] rows = [.. ways.Select(way => Compare(way, data, steps, setting))];
        bool equal = rows.All(row => row.One == row.Two),
            tied = rows[1].Exchanges > rows[0].Exchanges && rows[1].One != rows[2].One;
        return new Finding(
            equal && tied ? Verdict.Holds
                : tied ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"A step of two ranks waits for {rows[1].Exchanges} exchanges with batch normalisation and {rows[0].Exchanges} without: two for each layer, one "
                + $"forward and one backward. Two ranks {(equal ? "end with the same bits as one" : "do not end with the bits of one")}. Statistics of each "
                + "rank's part need no exchange of their own but those of the running averages, and train another network."
        )
        {
            Scale =
                $"Three hidden layers of 100 rectifiers, {steps:N0} steps of {Batch} examples in {Ranks} slices; {data.Name}; ranks are threads of one process.",
            Tables =
            [
                Table(
                    "A step of two ranks",
                    ["Network", "Exchanges", "Rounds of messages", "Bytes sent by a rank", "Same bits as one rank"],
                    rows.Select(row =>
                        (IReadOnlyList<string>)
                            [
                                row.Name,
                                Text(row.Exchanges),
                                Text(row.Rounds),
                                Text(row.Bytes, "N0"),
                                row.One == row.Two ? "yes" : "no",
                            ]
                    )
                ),
            ],
        };
    }

    private static void Ghost(Network network) =>
        network.Add(new BatchNorm(BatchNormConvention.Default) { SyncGroupSize = 1 });

    private static TrainingOptions Options(ulong seed) =>
        new()
        {
            BatchSize = Batch,
            Slices = Ranks,
            LearningRate = new ConstantRate(0.1),
            Seed = seed,
            Threads = 1,
        };

    private static Row Compare(Way way, InMemorySplit data, long steps, ClaimSetting setting)
    {
        setting.Cancellation.ThrowIfCancellationRequested();
        setting.Progress(way.Name);
        TrainingOptions options = Options(setting.Seed);
        ExchangeTraffic[] traffic = ExchangeTraffic.Of(ExecutionPlan.Build(way.Network, options.PlanOf(Batch)), Ranks);
        string two = "";
        InProcessRanks.Run(
            Ranks,
            ranks =>
            {
                string trained = Train(way.Network, data, options, steps, ranks);
                if (ranks.Rank == 0)
                    two = trained;
            }
        );
        return new Row(
            way.Name,
            traffic.Sum(t => t.Exchanges),
            traffic.Sum(t => t.Rounds),
            traffic.Sum(t => t.Bytes),
            Train(way.Network, data, options, steps, null),
            two
        );
    }

    private static string Train(
        Graph network,
        InMemorySplit data,
        TrainingOptions options,
        long steps,
        Communicator? ranks
    )
    {
        using Model model = Model.Create(network, options.Seed);
        using var device = Device.Cpu(1);
        using var trainer = new Trainer(model, data.Train, options, device, ranks);
        trainer.JoinRanks();
        trainer.Run(steps);
        return model.ParameterChecksum();
    }

    private sealed record Way(string Name, Graph Network);

    private sealed record Row(string Name, int Exchanges, long Rounds, long Bytes, string One, string Two);
}
