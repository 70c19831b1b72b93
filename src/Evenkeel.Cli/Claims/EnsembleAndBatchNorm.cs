using System.Numerics.Tensors;
using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Data;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>What batch normalisation gives a single network, and what an ensemble gives, at equal training of each member.</summary>
internal sealed class EnsembleAndBatchNorm() : Claim(3)
{
    public override string Statement => "Results of ensembles hide what batch normalisation itself gives.";

    public override string Source => "section 4.2.3 reports an ensemble of six";

    public override string Rule =>
        "Holds if an ensemble gains at least half of what batch normalisation gains a single network; holds in part if an ensemble gains at all.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long steps = setting.Of(600L, 20_000L);
        (string Name, Graph Network)[] networks =
        [
            ("without BN", Sigmoids(ClaimNetworks.Plain)),
            ("with BN", Sigmoids(ClaimNetworks.BatchNorm)),
        ];
        var training = TrialPlan.AtRate(0.5);
        IReadOnlyList<Answers[]> answers = setting.Train(
            data.Split,
            [.. networks.Select(n => new TrialPlan(n.Name, n.Network, training, steps))],
            trial => Answers.Of(trial.Model, data.Test)
        );
        Spread[] single = [.. answers.Select(a => Spread.Of(a.Select(p => p.Accuracy)))];
        double[] ensemble = [.. answers.Select(a => Answers.Mean(a).Accuracy)];
        double byNorm = single[1].Mean - single[0].Mean,
            byEnsemble = Enumerable.Range(0, 2).Average(i => ensemble[i] - single[i].Mean);
        int members = setting.Seeds.Count;
        return new Finding(
            byEnsemble >= byNorm / 2 ? Verdict.Holds
                : byEnsemble > 0 ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"Batch normalisation gains a single network {Text(100 * byNorm, "F1")} points. An ensemble of {members} gains "
                + $"{Text(100 * byEnsemble, "F1")} points on average, with {members} times the training."
        )
        {
            Scale =
                $"Three hidden layers of 100 sigmoids, rate 0.5, {steps:N0} steps of 60 examples; {data.Name}; {members} seeds.",
            Tables =
            [
                Table(
                    "Test accuracy",
                    ["Network", "Single network", $"Ensemble of {members}"],
                    networks.Select(
                        (n, i) => (IReadOnlyList<string>)[n.Name, single[i].Percent(), Percent(ensemble[i])]
                    )
                ),
            ],
        };
    }

    private static Graph Sigmoids(Action<Network> norm) =>
        ClaimNetworks.Dense(3, new Sigmoid(), norm, new NormalInitializer(0.1));

    /// <summary>Probabilities of the classes for each example, and the labels.</summary>
    private sealed record Answers(float[] Probabilities, int[] Labels)
    {
        private int Classes => Probabilities.Length / Labels.Length;

        public double Accuracy =>
            (double)Labels.Where((label, i) => TensorPrimitives.IndexOfMax<float>(Row(i)) == label).Count()
            / Labels.Length;

        public static Answers Of(Model model, InMemoryDataset data)
        {
            float[] inputs = new float[data.Count * data.InputLength];
            int[] labels = new int[data.Count];
            data.Read([.. Enumerable.Range(0, data.Count)], inputs, labels);
            using Predictor predictor = model.CreatePredictor();
            var answers = new Answers(predictor.Predict(inputs), labels);
            for (int i = 0; i < labels.Length; i++)
                TensorPrimitives.SoftMax<float>(answers.Row(i), answers.Row(i));
            return answers;
        }

        public static Answers Mean(Answers[] members)
        {
            float[] mean = new float[members[0].Probabilities.Length];
            foreach (Answers member in members)
                TensorPrimitives.Add(mean, member.Probabilities, mean);
            return members[0] with { Probabilities = mean };
        }

        private Span<float> Row(int example) => Probabilities.AsSpan(example * Classes, Classes);
    }
}
