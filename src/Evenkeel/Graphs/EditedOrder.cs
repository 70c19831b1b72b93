namespace Evenkeel.Graphs;

/// <summary>The order of computation of a graph that is being edited: a list, and numbers by which two nodes are compared at once.</summary>
internal sealed class EditedOrder
{
    private const long Gap = 1L << 20;

    private EditedNode? _first;

    public EditedNode? Last { get; private set; }

    public IEnumerable<Node> Nodes
    {
        get
        {
            for (EditedNode? node = _first; node is not null; node = node.Next)
                yield return node.Node;
        }
    }

    public void Append(EditedNode node)
    {
        if (Last is { } last)
        {
            InsertAfter(node, last);
            return;
        }

        _first = Last = node;
    }

    public void InsertAfter(EditedNode node, EditedNode before)
    {
        EditedNode? after = before.Next;
        (node.Previous, node.Next, before.Next) = (before, after, node);
        if (after is null)
            Last = node;
        else
            after.Previous = node;
        node.Place = after is null ? before.Place + Gap : before.Place + ((after.Place - before.Place) / 2);
        if (node.Place == before.Place)
            Number();
    }

    /// <summary>Takes a node out; where it stood can still be read from it.</summary>
    public void Remove(EditedNode node)
    {
        if (node.Previous is { } before)
            before.Next = node.Next;
        else
            _first = node.Next;
        if (node.Next is { } after)
            after.Previous = node.Previous;
        else
            Last = node.Previous;
    }

    /// <summary>Lets two nodes change places; neither is the first of all.</summary>
    public void Swap(EditedNode a, EditedNode b)
    {
        EditedNode beforeA = a.Previous!,
            beforeB = b.Previous!;
        Remove(a);
        Remove(b);
        InsertAfter(b, beforeA);
        InsertAfter(a, beforeB == a ? b : beforeB);
    }

    private void Number()
    {
        long place = 0;
        for (EditedNode? node = _first; node is not null; node = node.Next)
            node.Place = place += Gap;
    }
}
