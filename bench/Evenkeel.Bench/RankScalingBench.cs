using System.Globalization;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Planning;

namespace Evenkeel.Bench;

/// <summary>What ranks send, and how well they scale over published links, computed from plans; nothing is measured.</summary>
internal static class RankScalingBench
{
    private const int ExamplesOfRank = 32;
    private const int ExamplesOfAll = 8192;

    private static readonly int[] Ranks = [8, 64, 512, 4096];

    private static readonly (string Name, int Tied)[] Statistics = [("sync", 0), ("groups of 8", 8), ("ghost", 1)];

    // Milliseconds of an example on one thread of an AMD EPYC of family 26 (Zen 5), as the part "ranks" measures them.
    private static readonly (string Name, Func<Graph> Make, double Milliseconds)[] Networks =
    [
        ("BN-Inception", () => BnInception.Create(), 57),
        ("ResNet-50", () => ResNet.Create(50), 149),
    ];

    /// <summary>Prints markdown tables.</summary>
    /// <param name="speed">How many times faster than one thread here a rank computes.</param>
    public static void Run(TextWriter output, int speed)
    {
        foreach ((string name, Func<Graph> make, double milliseconds) in Networks)
        {
            Graph graph = make();
            var plans = Statistics
                .SelectMany(s => Ranks.Select(r => (s.Name, Ranks: r, Traffic: TrafficOf(graph, s.Tied, r))))
                .ToDictionary(p => (p.Name, p.Ranks), p => p.Traffic);
            double example = milliseconds / 1e3 / speed;
            output.WriteLine($"### {name}, each rank at {1 / example:F0} examples a second\n");
            PrintTraffic(output, plans);
            output.WriteLine($"Efficiency, %, with {ExamplesOfRank} examples a rank:\n");
            PrintEfficiency(output, plans, _ => ExamplesOfRank * example);
            output.WriteLine($"Efficiency, %, with {ExamplesOfAll} examples in all:\n");
            PrintEfficiency(output, plans, ranks => ExamplesOfAll * example / ranks);
        }
    }

    private static ExchangeTraffic[] TrafficOf(Graph graph, int tied, int ranks)
    {
        var options = new PlanOptions(PlanMode.Training, ranks) { Loss = new SoftmaxCrossEntropy(), Slices = ranks };
        return ExchangeTraffic.Of(ExecutionPlan.Build(BatchNormTies.Of(graph, tied), options), ranks);
    }

    private static void PrintTraffic(TextWriter output, Dictionary<(string Name, int Ranks), ExchangeTraffic[]> plans)
    {
        output.WriteLine("| statistics | ranks | blocking rounds | KB | gradient rounds | KB |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (((string name, int ranks), ExchangeTraffic[] traffic) in plans)
        {
            ILookup<bool, ExchangeTraffic> kinds = traffic.ToLookup(t => t.Kernel == nameof(ExchangeGradients));
            output.WriteLine($"| {name} | {ranks} | {Sums(kinds[false])} | {Sums(kinds[true])} |");
        }

        output.WriteLine();
    }

    private static string Sums(IEnumerable<ExchangeTraffic> traffic) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{traffic.Sum(t => t.Rounds)} | {traffic.Sum(t => t.Bytes) / 1e3:F0}"
        );

    // From nothing hidden behind the backward pass to all that it is long enough for.
    private static void PrintEfficiency(
        TextWriter output,
        Dictionary<(string Name, int Ranks), ExchangeTraffic[]> plans,
        Func<int, double> computing
    )
    {
        output.WriteLine($"| link | statistics | {string.Join(" | ", Ranks.Select(r => $"{r} ranks"))} |");
        output.WriteLine($"|---|---|{string.Concat(Ranks.Select(_ => "---|"))}");
        foreach (Link link in Link.Published)
        {
            foreach ((string name, _) in Statistics)
                output.WriteLine(
                    $"| {link.Name} | {name} | {string.Join(" | ", Ranks.Select(r => Cell(RankScaling.Of(plans[(name, r)], link, computing(r)))))} |"
                );
        }

        output.WriteLine();
    }

    private static string Cell(RankScaling step)
    {
        string least = Percent(step.Computing / step.Most),
            most = Percent(step.Computing / step.Least);
        return least == most ? least : $"{least} to {most}";
    }

    private static string Percent(double share) => (100 * share).ToString("F0", CultureInfo.InvariantCulture);
}
