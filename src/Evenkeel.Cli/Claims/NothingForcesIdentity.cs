using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Layers;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>How far gamma and beta of a trained network are from those of the identity.</summary>
internal sealed class NothingForcesIdentity() : Claim(19)
{
    // A unit further from the identity than this share of its deviation does not represent it.
    private const double Far = 0.1;

    public override string Statement =>
        "A network could learn the identity in its batch normalisations, but nothing makes it do so.";

    public override string Source => "a question about section 3: how do we make sure the network learns the identity?";

    public override string Rule =>
        "Holds if in the trained networks most units are further than 0.1 deviations from the identity; does not hold if most are nearer.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        long steps = setting.Of(1_000L, 20_000L);
        var plan = TrialPlan.NormalizedSigmoids(steps);
        Distances[] found = setting.Train(data.Split, [plan], trial => Distances.Of(trial.Model))[0];
        double scale = found.Average(f => f.Scale),
            shift = found.Average(f => f.Shift),
            far = found.Average(f => f.Far);
        return new Finding(
            far > 0.5 ? Verdict.Holds : Verdict.DoesNotHold,
            $"{Percent(far)} of the units are far from the identity. The median unit's gamma is {Text(scale, "F2")} times the deviation of its input, or the "
                + $"inverse of that; its beta is {Text(shift, "F2")} deviations from the mean."
        )
        {
            Scale =
                $"Three hidden layers of 100 sigmoids, {steps:N0} steps of 60 examples; {data.Name}; {setting.Seeds.Count} seeds.",
            Tables =
            [
                Table(
                    "Medians over the units",
                    [
                        "Seed",
                        "gamma over deviation, or its inverse",
                        "|beta - mean| in deviations",
                        "Units far from the identity",
                    ],
                    found.Select(
                        (f, i) =>
                            (IReadOnlyList<string>)
                                [Text(setting.Seeds[i]), Text(f.Scale, "F2"), Text(f.Shift, "F2"), Percent(f.Far)]
                    )
                ),
            ],
        };
    }

    private sealed record Distances(double Scale, double Shift, double Far)
    {
        public static Distances Of(Model model)
        {
            var scales = new List<double>();
            var shifts = new List<double>();
            foreach (string name in model.Graph.Nodes.Where(n => n.Layer is BatchNorm).Select(n => n.Name))
            {
                Span<float> gamma = model.Floats($"{name}.weight"),
                    beta = model.Floats($"{name}.bias"),
                    mean = model.Floats($"{name}.running_mean"),
                    variance = model.Floats($"{name}.running_var");
                for (int i = 0; i < gamma.Length; i++)
                {
                    double deviation = Math.Sqrt(variance[i] + BatchNormConvention.Default.Epsilon),
                        ratio = Math.Abs(gamma[i]) / deviation;
                    scales.Add(Math.Max(ratio, 1 / ratio));
                    shifts.Add(Math.Abs(beta[i] - mean[i]) / deviation);
                }
            }

            int far = scales
                .Zip(shifts)
                .Count(u => u.First > 1 + NothingForcesIdentity.Far || u.Second > NothingForcesIdentity.Far);
            return new Distances(Median(scales), Median(shifts), (double)far / scales.Count);
        }

        private static double Median(IEnumerable<double> values)
        {
            double[] sorted = [.. values.Order()];
            return sorted[sorted.Length / 2];
        }
    }
}
