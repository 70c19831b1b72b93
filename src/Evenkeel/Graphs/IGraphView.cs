namespace Evenkeel.Graphs;

/// <summary>What can be asked of a network, whether it is being edited or not. Each answer takes no longer in a larger network.</summary>
internal interface IGraphView
{
    /// <summary>The node with this name, or the node whose value has this name.</summary>
    /// <exception cref="GraphException">There is no such node.</exception>
    Node this[string name] { get; }

    /// <summary>Whether a node or value of this name exists.</summary>
    bool Contains(string name);

    /// <summary>Shape of a value.</summary>
    /// <exception cref="GraphException">There is no such value.</exception>
    Shape ShapeOf(string value);

    /// <summary>Whether a value is an output, which is read from outside.</summary>
    bool IsOutput(string name);

    /// <summary>The nodes that read a value, each once, in order.</summary>
    IReadOnlyList<Node> Consumers(string name);

    /// <summary>How many inputs of nodes a value is; a node that reads it twice counts twice.</summary>
    int Reads(string name);

    /// <summary>Whether a node uses another one's learned tensors or running statistics, or another one its.</summary>
    bool SharesParameters(string name);
}
