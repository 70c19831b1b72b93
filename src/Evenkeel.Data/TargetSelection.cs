namespace Evenkeel.Data;

/// <summary>Some examples of data with float targets, in an order of their own; nothing is copied.</summary>
internal sealed class TargetSelection(ITargetDataset source, ReadOnlySpan<int> indices, string name)
    : DatasetSelection(source, indices, name),
        ITargetDataset
{
    public IReadOnlyList<int> TargetShape => source.TargetShape;

    public int TargetLength => source.TargetLength;

    public void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<float> targets)
    {
        DatasetChecks.Targets(this, indices.Length, inputs.Length, targets.Length);
        Span<int> theirs = stackalloc int[IndicesOnStack];
        for (int done = 0; done < indices.Length; done += IndicesOnStack)
        {
            int part = Math.Min(IndicesOnStack, indices.Length - done);
            Translate(indices.Slice(done, part), theirs);
            source.Read(
                theirs[..part],
                epoch,
                inputs.Slice(done * InputLength, part * InputLength),
                targets.Slice(done * TargetLength, part * TargetLength)
            );
        }
    }
}
