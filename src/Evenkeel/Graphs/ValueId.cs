namespace Evenkeel.Graphs;

/// <summary>A value of a graph: one that a node makes.</summary>
/// <param name="Index">Its place among the values of all nodes, in their order.</param>
internal readonly record struct ValueId(int Index);
