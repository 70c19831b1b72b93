using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Cli.Experiments;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Reporting;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>The networks of figures 2 and 3 at a small scale.</summary>
internal sealed class FewerSteps() : Claim(20)
{
    private const int Size = 32;

    // The paper: 2.1 of 31 million steps.
    private const double Fraction = 1.0 / 14;

    private static readonly string[] Networks = ["Inception", "BN-x5", "BN-x30"];

    public override string Statement =>
        "With five times the learning rate Inception needs 14 times fewer steps to the same accuracy, and with 30 times it ends higher still.";

    public override string Source => "section 4.2.2, figures 2 and 3";

    public override string Rule =>
        "Holds if BN-x5 needs at most a 14th of Inception's steps to Inception's best mean accuracy and BN-x30 ends above BN-x5; holds in part if BN-x5 needs at "
        + "most half of them; cannot be seen if Inception does not end clearly above chance.";

    public override Finding Measure(ClaimSetting setting)
    {
        ImageSplit images = setting.Images();
        var options = new InceptionExperimentOptions(
            Size,
            setting.Of(0.125, 0.25),
            setting.Of(100L, 600L),
            0.004,
            setting.Seed,
            1,
            0
        );
        Curve[] curves = Train(images, options, setting);
        double best = curves[0].Mean.Max(),
            chance = 1.0 / images.Test.Classes;
        long reference = curves[0].FirstAt(best)!.Value;
        double share = curves[1].FirstAt(best) is { } step ? (double)step / reference : double.PositiveInfinity;
        bool higher = curves[2].Best.IsAbove(curves[1].Best);
        return new Finding(
            best < 1.5 * chance ? Verdict.CannotBeSeen
                : share <= Fraction && higher ? Verdict.Holds
                : share <= 0.5 ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"BN-x5 reaches Inception's best accuracy, {Percent(best)}, after {Share(share)} of its steps. Best accuracies: Inception {curves[0].Best.Percent()}, "
                + $"BN-x5 {curves[1].Best.Percent()}, BN-x30 {curves[2].Best.Percent()}."
        )
        {
            Scale =
                $"Inception with {Text(options.Width)} of its channels on {Size}x{Size} images, {options.Steps:N0} steps of {InceptionRecipe.BatchSize}; "
                + $"{images.Train.Name}; {setting.Seeds.Count} seeds.",
            Figures =
            [
                Figure(
                    "Accuracy over steps, mean of the seeds",
                    Axis("Step"),
                    Axis("Test accuracy"),
                    [.. Networks.Zip(curves, (name, c) => Line(name, c.Steps.Select(s => (double)s), c.Mean))]
                ),
            ],
            Tables = [Steps(curves, best)],
        };
    }

    private static TableSpec Steps(Curve[] curves, double best) =>
        Table(
            "Networks",
            ["Network", "Learning rate", "Best accuracy", "Steps to Inception's best mean"],
            Networks.Zip(
                curves,
                (name, c) =>
                    (IReadOnlyList<string>)
                        [
                            name,
                            $"{Text(Recipe(name).RateFactor)}x",
                            c.Best.Percent(),
                            c.FirstAt(best) is { } at ? Text(at, "N0") : "never",
                        ]
            )
        );

    private static string Share(double share) => double.IsFinite(share) ? $"{Text(share, "F2")}" : "none";

    private static InceptionRecipe Recipe(string name) => InceptionRecipe.All.First(r => r.Name == name);

    private static Curve[] Train(ImageSplit images, InceptionExperimentOptions options, ClaimSetting setting)
    {
        var scaling = ChannelScaling.Measure(images.Train);
        (string Network, ulong Seed)[] trials =
        [
            .. from name in Networks from seed in setting.Seeds select (name, seed),
        ];
        return
        [
            .. setting
                .Each(
                    trials,
                    t => t.Network,
                    t =>
                    {
                        InceptionRecipe recipe = Recipe(t.Network);
                        var plan = new TrialPlan(
                            t.Network,
                            recipe.Network(options, images.Train.Classes),
                            recipe.Training(options),
                            options.Steps
                        )
                        {
                            Looks = setting.Of(10, 30),
                        };
                        using var trial = new Trial(plan, Data(recipe, images, scaling, options, t.Seed), t.Seed);
                        trial.Run(setting.Cancellation);
                        return trial.Points.Select(p => (p.Step, p.Result.Accuracy)).ToArray();
                    }
                )
                .Chunk(setting.Seeds.Count)
                .Select(bySeed => new Curve(bySeed)),
        ];
    }

    private static DatasetSplit Data(
        InceptionRecipe recipe,
        ImageSplit images,
        ChannelScaling scaling,
        InceptionExperimentOptions options,
        ulong seed
    ) =>
        new(
            new ImageDataset(images.Train, recipe.TrainingImages(options, scaling), seed),
            new ImageDataset(images.Test, options.TestImages(scaling))
        );

    private sealed class Curve((long Step, double Accuracy)[][] bySeed)
    {
        // A run that diverged has fewer points.
        private readonly int _points = bySeed.Min(points => points.Length);

        public IReadOnlyList<long> Steps => [.. bySeed[0].Take(_points).Select(p => p.Step)];

        public IReadOnlyList<double> Mean =>
            [.. Enumerable.Range(0, _points).Select(i => bySeed.Average(points => points[i].Accuracy))];

        public Spread Best => Spread.Of(bySeed.Select(points => points.Max(p => p.Accuracy)));

        public long? FirstAt(double accuracy) =>
            Steps.Zip(Mean).Where(p => p.Second >= accuracy).Select(p => (long?)p.First).FirstOrDefault();
    }
}
