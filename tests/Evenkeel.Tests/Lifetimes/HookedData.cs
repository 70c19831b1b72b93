namespace Evenkeel.Tests.Lifetimes;

/// <summary>A data set that calls back while it is read.</summary>
internal sealed class HookedData(Action onRead) : IDataset
{
    private readonly ArrayDataset _data = Busy.Data;

    public string Name => _data.Name;

    public int Count => _data.Count;

    public IReadOnlyList<int> Shape => _data.Shape;

    public int InputLength => _data.InputLength;

    public int Classes => _data.Classes;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
    {
        onRead();
        _data.Read(indices, inputs, labels);
    }
}
