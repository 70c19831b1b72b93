using System.Text.Json.Nodes;

namespace Evenkeel.Cli.Tests.Configuration.Schema;

/// <summary>The range of a number, found by asking the readers.</summary>
/// <param name="Keywords">minimum, exclusiveMinimum, maximum and exclusiveMaximum, as far as there are limits.</param>
internal sealed record NumberBounds(IReadOnlyDictionary<string, double> Keywords)
{
    private const double Tiny = 1e-6;
    private const double Huge = 1e30;

    // Limits of numbers in this field are round.
    private static readonly double[] Round = [-1, 0, 1, 2, 8];

    /// <summary>The range within which numbers are accepted; null if none of those tried is, because of other fields.</summary>
    public static NumberBounds? Of(Func<double, bool> accepts)
    {
        double[] tried = [-Huge, .. Round.SelectMany(r => (double[])[r - Tiny, r, r + Tiny]), Huge];
        bool[] accepted = [.. tried.Select(accepts)];
        int first = Array.IndexOf(accepted, true),
            last = Array.LastIndexOf(accepted, true);
        if (first < 0)
            return null;
        // What is refused for its size alone says nothing of the field.
        var keywords = new Dictionary<string, double>();
        if (first > 1 && Round.Contains(tried[first]))
            keywords["minimum"] = tried[first];
        else if (first > 1)
            keywords["exclusiveMinimum"] = tried[first - 1];
        if (last < tried.Length - 2 && Round.Contains(tried[last]))
            keywords["maximum"] = tried[last];
        else if (last < tried.Length - 2)
            keywords["exclusiveMaximum"] = tried[last + 1];
        return new NumberBounds(keywords);
    }

    public void AddTo(JsonObject schema)
    {
        foreach ((string keyword, double limit) in Keywords)
            schema[keyword] = limit;
    }
}
