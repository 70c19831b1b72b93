namespace Evenkeel.Data;

/// <summary>Some examples of another data set, in an order of their own; nothing is copied.</summary>
internal class DatasetSelection : IEpochDataset
{
    private protected const int IndicesOnStack = 256;
    private readonly IDataset _source;
    private readonly int[] _indices;

    public DatasetSelection(IDataset source, ReadOnlySpan<int> indices, string name)
    {
        (_source, _indices, Name) = (source, indices.ToArray(), name);
        foreach (int index in _indices)
            DatasetChecks.Index(source, index);
    }

    public string Name { get; }

    public int Count => _indices.Length;

    public IReadOnlyList<int> Shape => _source.Shape;

    public int InputLength => _source.InputLength;

    public int Classes => _source.Classes;

    public int LabelLength => _source.LabelLength;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels) =>
        Read(indices, 0, inputs, labels);

    public void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<int> labels)
    {
        DatasetChecks.Spans(this, indices.Length, inputs.Length, labels.Length);
        Span<int> theirs = stackalloc int[IndicesOnStack];
        for (int done = 0; done < indices.Length; done += IndicesOnStack)
        {
            int part = Math.Min(IndicesOnStack, indices.Length - done);
            Translate(indices.Slice(done, part), theirs);
            _source.ReadAt(
                theirs[..part],
                epoch,
                inputs.Slice(done * InputLength, part * InputLength),
                labels.Slice(done * LabelLength, part * LabelLength)
            );
        }
    }

    /// <summary>Some of the examples, of whatever data.</summary>
    public static IDataset Of(IDataset source, ReadOnlySpan<int> indices, string name) =>
        source switch
        {
            AutoencoderDataset own => new AutoencoderDataset(Of(own.Inner, indices, name)),
            ITargetDataset own => new TargetSelection(own, indices, name),
            _ => new DatasetSelection(source, indices, name),
        };

    /// <summary>Which examples of the source these are.</summary>
    private protected void Translate(ReadOnlySpan<int> indices, Span<int> theirs)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            DatasetChecks.Index(this, indices[i]);
            theirs[i] = _indices[indices[i]];
        }
    }
}
