namespace Evenkeel.Graphs;

/// <summary>An output of a network.</summary>
/// <param name="Name">Its name outside of the network: in files, results and on the command line.</param>
/// <param name="Node">The node whose value it is.</param>
public sealed record GraphOutput(string Name, string Node);
