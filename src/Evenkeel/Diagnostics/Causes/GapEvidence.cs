using System.Globalization;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Training;

namespace Evenkeel.Diagnostics.Causes;

/// <summary>The gaps of all layers, and what the rules ask of them together.</summary>
internal sealed class GapEvidence
{
    private readonly int[] _depths;

    public GapEvidence(Graph graph, Node[] norms, StatisticsGap[] gaps)
    {
        (Norms, Gaps) = (norms, gaps);
        Dictionary<string, int> depth = NormDepth.Of(graph, NormNodes.Is);
        _depths = [.. norms.Select(n => depth[n.Name])];
    }

    /// <summary>The batch normalisations.</summary>
    public Node[] Norms { get; }

    /// <summary>Their gaps.</summary>
    public StatisticsGap[] Gaps { get; }

    /// <summary>Layers that no other batch normalisation stands before: their input does not depend on statistics.</summary>
    public IEnumerable<(Node Norm, StatisticsGap Gap)> Entry => Norms.Zip(Gaps).Where((_, i) => _depths[i] == 1);

    /// <summary>Whether any layer stands behind another.</summary>
    public bool HasDepth => Array.Exists(_depths, d => d > 1);

    /// <summary>Size of the gap of the entry layers.</summary>
    public double EntrySize => Rms(Entry.Select(e => e.Gap.Size));

    /// <summary>Size of the gap of the layers behind them; 0 if there are none.</summary>
    public double InnerSize => Rms(Gaps.Where((_, i) => _depths[i] > 1).Select(g => g.Size));

    /// <summary>Whether every layer fits.</summary>
    public bool Fits => Array.TrueForAll(Gaps, g => g.Fits);

    /// <summary>Whether an exact conversion is a remedy: other systems' conventions are known for batch normalisation alone.</summary>
    public bool Converts => Array.TrueForAll(Norms, n => n.Layer is BatchNorm);

    /// <summary>Names of the layers that do not fit, for a sentence.</summary>
    public string Unfit => Name([.. Norms.Zip(Gaps).Where(p => !p.Second.Fits).Select(p => p.First.Name)]);

    /// <summary>The convention's update rate of a layer; null for an average of all batches.</summary>
    public static double? RateOf(Node norm) => NormNodes.ConventionOf(norm).UpdateRate;

    /// <summary>Whether so many layers are at least half of those that do not fit.</summary>
    public bool Most(int layers) => layers > 0 && 2 * layers >= Gaps.Count(g => !g.Fits);

    /// <summary>Root mean square; 0 of nothing.</summary>
    public static double Rms(IEnumerable<double> values) =>
        Math.Sqrt(values.Select(v => v * v).DefaultIfEmpty(0).Average());

    /// <summary>Layers' names for a sentence.</summary>
    public static string Name(string[] layers) =>
        layers.Length <= 3
            ? string.Join(", ", layers.Select(l => $"'{l}'"))
            : $"'{layers[0]}' and {(layers.Length - 1).ToString(CultureInfo.InvariantCulture)} more layers";
}
