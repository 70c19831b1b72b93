namespace Evenkeel.Tests.Reference;

/// <summary>A data set whose values are changed one by one: another domain.</summary>
internal sealed class MappedDataset(IDataset origin, Func<float, float> map) : IDataset
{
    public string Name => $"{origin.Name}, changed";

    public int Count => origin.Count;

    public IReadOnlyList<int> Shape => origin.Shape;

    public int InputLength => origin.InputLength;

    public int Classes => origin.Classes;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
    {
        origin.Read(indices, inputs, labels);
        foreach (ref float value in inputs)
            value = map(value);
    }
}
