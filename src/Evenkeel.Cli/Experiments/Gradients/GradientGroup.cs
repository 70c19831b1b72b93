namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>What the networks of one kind gave that differ in their seed only; numbers are medians over the seeds.</summary>
internal sealed class GradientGroup(IReadOnlyList<GradientResult> results)
{
    /// <summary>What kind of network.</summary>
    public DeepNetwork Network => results[0].Network;

    /// <summary>Groups in the order of their first result.</summary>
    public static IReadOnlyList<GradientGroup> Of(IEnumerable<GradientResult> results) =>
        [.. results.GroupBy(r => r.Network with { Seed = 0 }).Select(g => new GradientGroup([.. g]))];

    /// <summary>The median of a number.</summary>
    public double Median(Func<GradientResult, double> number)
    {
        double[] sorted = [.. results.Select(number).Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The same of a number for each item of a list, which all results have alike.</summary>
    public double[] Medians<T>(Func<GradientResult, IReadOnlyList<T>> list, Func<T, double> number) =>
        [
            .. Enumerable
                .Range(0, results.Min(r => list(r).Count))
                .Select(i => Median(result => number(list(result)[i]))),
        ];

    /// <summary>Networks whose training ended early.</summary>
    public int Diverged => results.Count(r => r.Diverged is not null);
}
