using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Reporting;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>How far the inputs of each layer's nonlinearity move in training.</summary>
internal sealed class DriftGrowsWithDepth() : Claim(22)
{
    private const int Hidden = 6;
    private const int Probe = 500;
    private const int Looks = 20;

    private static readonly double[] Percentiles = [15, 50, 85];

    public override string Statement =>
        "Small changes of the parameters amplify with depth: the inputs of deep layers drift more, which slows training.";

    public override string Source => "section 1";

    public override string Rule =>
        "Drift as in claim 21, the median over the units of a layer. Holds in part if without batch normalisation the last layer drifts clearly more than the "
        + "first: drift is measured here, and not that it slows training. Does not hold if it drifts clearly less; otherwise it cannot be seen.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long steps = setting.Of(600L, 10_000L);
        (bool Norm, ulong Seed)[] runs =
        [
            .. from norm in (bool[])[false, true] from seed in setting.Seeds select (norm, seed),
        ];
        double[][] drifts = setting.Each(
            runs,
            run => $"{(run.Norm ? "with" : "without")} BN, seed {run.Seed}",
            run => Drift(run.Norm, run.Seed, data, steps, setting)
        );
        Spread[] plain = ByLayer(drifts[..setting.Seeds.Count]),
            normalised = ByLayer(drifts[setting.Seeds.Count..]);
        double[] layers = [.. Enumerable.Range(1, Hidden).Select(i => (double)i)];
        return new Finding(
            plain[^1].IsAbove(plain[0]) ? Verdict.HoldsInPart
                : plain[0].IsAbove(plain[^1]) ? Verdict.DoesNotHold
                : Verdict.CannotBeSeen,
            $"Without batch normalisation the median drifts by {plain[0].Number("F2")} widths in the first layer and {plain[^1].Number("F2")} in the last; with it "
                + $"by {normalised[0].Number("F2")} and {normalised[^1].Number("F2")}. Whether drift or a rough loss slows training is another question "
                + "(Santurkar et al. 2018); see claim 8."
        )
        {
            Scale =
                $"{Hidden} hidden layers of 100 rectifiers, rate 0.05, {steps:N0} steps of 60 examples; {data.Name}; {setting.Seeds.Count} seeds; {Probe} test "
                + "examples are followed.",
            Figures =
            [
                Figure(
                    "Drift of the median by layer",
                    Axis("Hidden layer"),
                    Axis("Drift, in widths of the distribution"),
                    Line("without BN", layers, plain),
                    Line("with BN", layers, normalised)
                ),
            ],
            Tables = [Drifts(layers, plain, normalised)],
        };
    }

    private static TableSpec Drifts(double[] layers, Spread[] plain, Spread[] normalised) =>
        Table(
            "Drift of the median, in widths of the distribution",
            ["Network", .. layers.Select(l => $"layer {l}")],
            [
                ["without BN", .. plain.Select(p => p.Number("F2"))],
                ["with BN", .. normalised.Select(p => p.Number("F2"))],
            ]
        );

    private static Spread[] ByLayer(double[][] drifts) =>
        [.. Enumerable.Range(0, Hidden).Select(layer => Spread.Of(drifts.Select(d => d[layer])))];

    private static double[] Drift(bool norm, ulong seed, InMemorySplit data, long steps, ClaimSetting setting)
    {
        Graph graph = ClaimNetworks.Dense(
            Hidden,
            new Relu(),
            norm ? ClaimNetworks.BatchNorm : ClaimNetworks.Plain,
            new FanInNormalInitializer(Math.Sqrt(2))
        );
        using Model model = Model.Create(graph, seed);
        using var device = Device.Cpu(1);
        var options = TrialPlan.AtRate(0.05) with { Seed = seed, Prefetch = 0 };
        using var trainer = new Trainer(model, data.Train, options, device);
        Followed[] layers =
        [
            .. graph.Nodes.Where(n => n.Layer is Relu).Select(n => new Followed(model, data, n.Inputs[0], device)),
        ];
        try
        {
            for (int look = 0; look <= Looks; look++)
            {
                trainer.Run(steps * look / Looks, cancellation: setting.Cancellation);
                setting.Cancellation.ThrowIfCancellationRequested();
                foreach (Followed layer in layers)
                    layer.Look(trainer.StepsDone);
            }

            return [.. layers.Select(layer => layer.Drift())];
        }
        finally
        {
            foreach (Followed layer in layers)
                layer.Dispose();
        }
    }

    private sealed class Followed : IDisposable
    {
        private readonly PercentileProbe _probe;
        private readonly PercentileHistory _history;
        private readonly float[] _values;

        public Followed(Model model, InMemorySplit data, string layer, Device device)
        {
            IDataset examples = data.Test.Take(Math.Min(DriftGrowsWithDepth.Probe, data.Test.Count));
            _probe = new PercentileProbe(model, examples, layer, Percentiles, device);
            _history = new PercentileHistory(_probe.Units, Percentiles);
            _values = new float[_probe.Units * Percentiles.Length];
        }

        public void Look(long step)
        {
            _probe.Run(_values);
            _history.Add(step, _values);
        }

        public double Drift()
        {
            double[] drifts = [.. Enumerable.Range(0, _probe.Units).Select(u => _history.Drift(u)[1].Relative).Order()];
            return drifts[drifts.Length / 2];
        }

        public void Dispose() => _probe.Dispose();
    }
}
