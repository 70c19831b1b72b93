using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Diagnostics;

/// <summary>Layers that normalise by running statistics in use: batch normalisation, and layers that whiten.</summary>
internal static class NormNodes
{
    /// <summary>All of a network, in its order.</summary>
    public static Node[] Of(Graph graph) => [.. graph.Nodes.Where(Is)];

    /// <summary>Whether a layer is one.</summary>
    public static bool Is(Node node) => node.Layer is BatchNorm or WhiteningNorm;

    /// <summary>Its convention.</summary>
    public static BatchNormConvention ConventionOf(Node node) =>
        node.Layer is WhiteningNorm norm ? norm.Convention : ((BatchNorm)node.Layer).Convention;

    /// <summary>Whether training uses the running statistics and leaves them as they are.</summary>
    public static bool IsFrozen(Node node) =>
        node.Layer
            is BatchNorm { NormalizeWith: StatisticsSource.Running, UpdateStatistics: false }
                or WhiteningNorm { NormalizeWith: StatisticsSource.Running, UpdateStatistics: false };
}
