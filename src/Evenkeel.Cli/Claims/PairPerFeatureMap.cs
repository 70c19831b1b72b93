using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>One gamma and beta for each feature map, or one for each of its positions.</summary>
internal sealed class PairPerFeatureMap() : Claim(15)
{
    private const int ManyTimes = 10;

    public override string Statement =>
        "In convolutional networks one pair of gamma and beta for each feature map is right; a pair for each activation would need far more parameters.";

    public override string Source => "section 3.2";

    public override string Rule =>
        "Holds if pairs for each activation need ten times the parameters or more and are not clearly more accurate; holds in part if they are more accurate.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long steps = setting.Of(400L, 5_000L);
        Graph[] networks = [Convolutional(false), Convolutional(true)];
        string[] names = ["a pair for each map", "a pair for each activation"];
        var training = TrialPlan.AtRate(0.1);
        Spread[] accuracy =
        [
            .. setting
                .Train(
                    data.Split,
                    [.. networks.Zip(names, (n, name) => new TrialPlan(name, n, training, steps))],
                    trial => trial.LastAccuracy
                )
                .Select(a => Spread.Of(a)),
        ];
        long[] pairs = [.. networks.Select(Learned)];
        bool many = pairs[1] >= ManyTimes * pairs[0],
            better = accuracy[1].IsAbove(accuracy[0]);
        return new Finding(
            many && !better ? Verdict.Holds
                : many ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"Batch normalisation has {pairs[0]:N0} parameters by map and {pairs[1]:N0} by activation, beside {Others(networks[0]):N0} of the other layers. "
                + $"Accuracy: {accuracy[0].Percent()} and {accuracy[1].Percent()}."
        )
        {
            Scale =
                $"Three convolutions with 16, 32 and 32 maps, {steps:N0} steps of 60 examples; {data.Name}; {setting.Seeds.Count} seeds.",
            Tables =
            [
                Table(
                    "Parameters and accuracy",
                    ["Normalisation", "Its parameters", "Test accuracy"],
                    names.Select((n, i) => (IReadOnlyList<string>)[n, Text(pairs[i], "N0"), accuracy[i].Percent()])
                ),
            ],
        };
    }

    private static Graph Convolutional(bool perActivation) =>
        ClaimNetworks.Convolutional(n =>
            n.Add(new BatchNorm(BatchNormConvention.Default) { PerActivation = perActivation })
        );

    private static long Learned(Graph graph) => Count(graph, node => node.Layer is BatchNorm);

    private static long Others(Graph graph) => Count(graph, node => node.Layer is not BatchNorm);

    private static long Count(Graph graph, Func<Node, bool> chosen) =>
        graph
            .Tensors()
            .Where(t => t.Spec.Role != TensorRole.State && chosen(graph[t.Node]))
            .Sum(t => (long)t.Spec.Count);
}
