namespace Evenkeel.Graphs;

/// <summary>A value of a graph that is being edited: who makes it, and who reads it.</summary>
internal sealed class EditedValue(EditedNode maker, int index)
{
    // How many of each reader's inputs it is.
    private readonly Dictionary<EditedNode, int> _readers = [];
    private EditedNode[]? _inOrder;

    public EditedNode Maker => maker;

    public string Name => maker.Node.Value(index);

    public Shape Shape => maker.Node.Shapes[index];

    public int Reads { get; private set; }

    public IReadOnlyCollection<EditedNode> Readers => _readers.Keys;

    public Node[] ReadersInOrder() =>
        Array.ConvertAll(_inOrder ??= [.. _readers.Keys.OrderBy(reader => reader.Place)], static reader => reader.Node);

    public void AddReader(EditedNode reader, int count = 1)
    {
        _inOrder = null;
        _readers[reader] = _readers.GetValueOrDefault(reader) + count;
        Reads += count;
    }

    /// <summary>Lets go of all readers, and says how many of each one's inputs it was.</summary>
    public KeyValuePair<EditedNode, int>[] TakeReaders()
    {
        KeyValuePair<EditedNode, int>[] readers = [.. _readers];
        _readers.Clear();
        (_inOrder, Reads) = (null, 0);
        return readers;
    }

    public void RemoveReader(EditedNode reader)
    {
        if (!_readers.TryGetValue(reader, out int count))
            return;
        _inOrder = null;
        Reads--;
        if (count > 1)
            _readers[reader] = count - 1;
        else
            _readers.Remove(reader);
    }
}
