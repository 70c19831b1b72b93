using Evenkeel.Diagnostics;

namespace Evenkeel.Runs;

/// <summary>The names of the values in <c>layers.jsonl</c>: <c>LAYER/VALUE</c>.</summary>
internal static class LayerValue
{
    /// <summary>Mean over the channels of the running means.</summary>
    public const string Mean = "mean";

    /// <summary>Lowest running mean of a channel.</summary>
    public const string LowestMean = "lowestMean";

    /// <summary>Highest running mean of a channel.</summary>
    public const string HighestMean = "highestMean";

    /// <summary>Mean over the channels of the running variances.</summary>
    public const string Variance = "variance";

    /// <summary>Lowest running variance of a channel.</summary>
    public const string LowestVariance = "lowestVariance";

    /// <summary>Highest running variance of a channel.</summary>
    public const string HighestVariance = "highestVariance";

    /// <summary>The percentiles of a layer's input that are recorded: those of Figure 1 of the paper.</summary>
    public static IReadOnlyList<double> Percentiles { get; } = [15, 50, 85];

    /// <summary>A percentile of one unit's input.</summary>
    public static string OfPercentile(double percentile) => FormattableString.Invariant($"input{percentile}");

    /// <summary>The number of channels with a problem.</summary>
    public static string Of(BatchNormProblem problem)
    {
        string name = problem.ToString();
        return $"{char.ToLowerInvariant(name[0])}{name[1..]}";
    }

    /// <summary>The name of a layer's value.</summary>
    public static string NameOf(string layer, string value) => $"{layer}/{value}";

    /// <summary>The layer and value of a name.</summary>
    public static (string Layer, string Value) Parse(string name)
    {
        int at = name.LastIndexOf('/');
        return at < 0 ? ("", name) : (name[..at], name[(at + 1)..]);
    }
}
