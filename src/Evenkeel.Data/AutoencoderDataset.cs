namespace Evenkeel.Data;

/// <summary>Examples whose targets are their inputs; nothing is copied where both are read into the same memory.</summary>
internal sealed class AutoencoderDataset(IDataset inner) : ITargetDataset, IEpochDataset
{
    private const int LabelsOnStack = 256;

    /// <summary>The examples.</summary>
    public IDataset Inner => inner;

    public string Name => inner.Name;

    public int Count => inner.Count;

    public IReadOnlyList<int> Shape => inner.Shape;

    public int InputLength => inner.InputLength;

    public int Classes => 0;

    public IReadOnlyList<int> TargetShape => inner.Shape;

    public int TargetLength => inner.InputLength;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels) =>
        Read(indices, 0, inputs, labels);

    public void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<int> labels)
    {
        DatasetChecks.Spans(this, indices.Length, inputs.Length, labels.Length);
        ReadInputs(indices, epoch, inputs);
        labels.Clear();
    }

    public void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<float> targets)
    {
        DatasetChecks.Targets(this, indices.Length, inputs.Length, targets.Length);
        ReadInputs(indices, epoch, inputs);
        if (!inputs.Overlaps(targets))
            inputs.CopyTo(targets);
    }

    private void ReadInputs(ReadOnlySpan<int> indices, int epoch, Span<float> inputs)
    {
        int length = inner.LabelLength,
            most = Math.Max(1, LabelsOnStack / length);
        Span<int> labels = length <= LabelsOnStack ? stackalloc int[LabelsOnStack] : new int[length];
        for (int done = 0; done < indices.Length; done += most)
        {
            int part = Math.Min(most, indices.Length - done);
            inner.ReadAt(
                indices.Slice(done, part),
                epoch,
                inputs.Slice(done * InputLength, part * InputLength),
                labels[..(part * length)]
            );
        }
    }
}
