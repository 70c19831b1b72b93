namespace Evenkeel.Graphs;

/// <summary>An output of a network.</summary>
/// <param name="Node">The value: the name of the node that makes it, or <c>name:1</c> for a further value of a node.</param>
/// <param name="GivenName">Its name in files of other systems, or null for an output that is called as the value is.</param>
public sealed record GraphOutput(string Node, string? GivenName = null)
{
    /// <summary>Its name outside of the network: in files, results and on the command line.</summary>
    public string Name => GivenName ?? Node;
}
