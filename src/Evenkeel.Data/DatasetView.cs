namespace Evenkeel.Data;

/// <summary>A run of consecutive examples of another data set; nothing is copied.</summary>
internal sealed class DatasetView(IDataset source, int first, int count, string name) : IEpochDataset
{
    private const int IndicesOnStack = 256;

    public string Name => name;

    public int Count => count;

    public IReadOnlyList<int> Shape => source.Shape;

    public int InputLength => source.InputLength;

    public int Classes => source.Classes;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels) =>
        Read(indices, 0, inputs, labels);

    public void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<int> labels)
    {
        DatasetChecks.Spans(this, indices.Length, inputs.Length, labels.Length);
        Span<int> shifted = stackalloc int[IndicesOnStack];
        for (int done = 0; done < indices.Length; done += IndicesOnStack)
        {
            int part = Math.Min(IndicesOnStack, indices.Length - done);
            for (int i = 0; i < part; i++)
            {
                DatasetChecks.Index(this, indices[done + i]);
                shifted[i] = indices[done + i] + first;
            }

            source.ReadAt(
                shifted[..part],
                epoch,
                inputs.Slice(done * InputLength, part * InputLength),
                labels.Slice(done, part)
            );
        }
    }
}
