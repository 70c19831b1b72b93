namespace Evenkeel.Runs.Configuration;

/// <summary>Examples whose labels mean nothing.</summary>
internal sealed class WithoutLabels(IDataset inner) : IDataset
{
    /// <summary>The examples.</summary>
    public IDataset Inner => inner;

    public string Name => inner.Name;

    public int Count => inner.Count;

    public IReadOnlyList<int> Shape => inner.Shape;

    public int InputLength => inner.InputLength;

    public int Classes => 0;

    public int LabelLength => inner.LabelLength;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels) =>
        inner.Read(indices, inputs, labels);
}
