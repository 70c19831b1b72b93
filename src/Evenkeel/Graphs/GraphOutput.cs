namespace Evenkeel.Graphs;

/// <summary>An output of a network.</summary>
/// <param name="Node">The node whose value it is.</param>
/// <param name="GivenName">Its name in files of other systems, or null for an output that is called as its node is.</param>
public sealed record GraphOutput(string Node, string? GivenName = null)
{
    /// <summary>Its name outside of the network: in files, results and on the command line.</summary>
    public string Name => GivenName ?? Node;
}
