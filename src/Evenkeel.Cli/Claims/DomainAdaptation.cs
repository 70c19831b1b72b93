using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Reporting;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>New statistics, and no new weight, for data of less contrast, inverted data, and another source of digits.</summary>
internal sealed class DomainAdaptation() : Claim(7)
{
    private const string Inverted = "inverted";
    private const int Unlabelled = 10_000;

    // Of what the change of domain costs.
    private const double Regained = 0.5;

    private static readonly double[] Contrasts = [1, 0.8, 0.6, 0.4, 0.2];

    public override string Statement =>
        "A batch-normalised network adapts to another domain by statistics measured anew, without a change of its weights.";

    public override string Source => "section 5, left open by the paper";

    public override string Rule =>
        "Holds if new statistics regain at least half of what each change of domain costs; holds in part if of some.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        Domain[] domains = [.. Domains(data)];
        long steps = setting.Of(1_000L, 5_000L);
        var plan = TrialPlan.NormalizedSigmoids(steps);
        (double Before, double After)[][] bySeed = setting.Train(
            data.Split,
            [plan],
            trial => domains.Select(domain => Adapt(trial, domain)).ToArray()
        )[0];
        (Spread Before, Spread After)[] found =
        [
            .. domains.Select(
                (_, i) => (Spread.Of(bySeed.Select(s => s[i].Before)), Spread.Of(bySeed.Select(s => s[i].After)))
            ),
        ];
        return Judge(setting, data, domains, found, steps);
    }

    private static Finding Judge(
        ClaimSetting setting,
        InMemorySplit data,
        Domain[] domains,
        (Spread Before, Spread After)[] found,
        long steps
    )
    {
        double home = found[0].Before.Mean;
        // A change that costs less than a point needs no repair.
        int[] costly = [.. Enumerable.Range(0, domains.Length).Where(i => home - found[i].Before.Mean > 0.01)];
        int[] regained =
        [
            .. costly.Where(i =>
                found[i].After.Mean - found[i].Before.Mean >= Regained * (home - found[i].Before.Mean)
            ),
        ];
        string lost = string.Join(", ", costly.Except(regained).Select(i => domains[i].Name));
        return new Finding(
            regained.Length == costly.Length ? Verdict.Holds
                : regained.Length > 0 ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"New statistics regain at least half of the loss in {regained.Length} of {costly.Length} changes of domain that cost anything"
                + (lost.Length > 0 ? $"; not for: {lost}" : "")
                + (
                    lost.Contains(Inverted, StringComparison.Ordinal)
                        ? ". BN(-x) is -BN(x), so no statistics undo an inversion."
                        : "."
                )
        )
        {
            Scale =
                $"Three hidden layers of 100 sigmoids, {steps:N0} steps on {data.Name}; {Unlabelled:N0} examples without labels for the statistics; "
                + $"{setting.Seeds.Count} seeds.",
            Figures = [ByContrast(found)],
            Tables =
            [
                Table(
                    "Test accuracy",
                    ["Domain", "Statistics of the training", "Statistics measured anew"],
                    domains.Select(
                        (d, i) => (IReadOnlyList<string>)[d.Name, found[i].Before.Percent(), found[i].After.Percent()]
                    )
                ),
            ],
        };
    }

    private static FigureSpec ByContrast((Spread Before, Spread After)[] found) =>
        Figure(
            "Accuracy by the contrast of the images",
            Axis("Contrast (training: 1)"),
            Axis("Test accuracy"),
            Line(
                "statistics of the training",
                Contrasts.Reverse(),
                found.Take(Contrasts.Length).Reverse().Select(f => f.Before)
            ),
            Line(
                "statistics measured anew",
                Contrasts.Reverse(),
                found.Take(Contrasts.Length).Reverse().Select(f => f.After)
            )
        );

    private static IEnumerable<Domain> Domains(InMemorySplit data)
    {
        foreach (double contrast in Contrasts)
        {
            var encoding = PixelEncoding.Contrast(contrast, 0.5 * (1 - contrast));
            yield return new Domain($"contrast {Text(contrast)}", data.In(encoding));
        }

        yield return new Domain(Inverted, data.In(PixelEncoding.Inverted));
        // From the digits that people wrote to those that a program draws.
        if (!data.Name.StartsWith("digits", StringComparison.Ordinal))
            yield return new Domain("generated digits", Digits.Generate(PixelEncoding.UnitScale));
    }

    private static (double Before, double After) Adapt(Trial trial, Domain domain)
    {
        using Model model = trial.Model.Clone();
        double before = model.Evaluate(domain.Data.Test, trial.Device).Accuracy;
        IDataset unlabelled = domain.Data.Train.Take(Math.Min(Unlabelled, domain.Data.Train.Count));
        model.Recalibrate(unlabelled, device: trial.Device);
        return (before, model.Evaluate(domain.Data.Test, trial.Device).Accuracy);
    }

    private sealed record Domain(string Name, DatasetSplit Data);
}
