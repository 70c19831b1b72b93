namespace Evenkeel.Graphs;

/// <summary>A node of a graph that is being edited: its neighbours in the order of computation, and the values that it makes.</summary>
internal sealed class EditedNode
{
    public EditedNode(Node node)
    {
        Node = node;
        for (int i = 0; i < node.Shapes.Length; i++)
            Values.Add(new EditedValue(this, i));
    }

    public Node Node { get; set; }

    /// <summary>Grows in the order of computation.</summary>
    public long Place { get; set; }

    public EditedNode? Previous { get; set; }

    public EditedNode? Next { get; set; }

    public List<EditedValue> Values { get; } = [];
}
