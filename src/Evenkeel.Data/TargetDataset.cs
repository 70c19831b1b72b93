namespace Evenkeel.Data;

/// <summary>A caller's own float examples in memory, with float targets; see <see cref="ArrayDataset.WithTargets"/>.</summary>
internal sealed class TargetDataset(ArrayDataset examples, float[] values, IReadOnlyList<int> shape, int length)
    : ITargetDataset
{
    public string Name => examples.Name;

    public int Count => examples.Count;

    public IReadOnlyList<int> Shape => examples.Shape;

    public int InputLength => examples.InputLength;

    public int Classes => 0;

    public IReadOnlyList<int> TargetShape => shape;

    public int TargetLength => length;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels) =>
        examples.Read(indices, inputs, labels);

    public void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<float> targets)
    {
        DatasetChecks.Targets(this, indices.Length, inputs.Length, targets.Length);
        for (int i = 0; i < indices.Length; i++)
        {
            examples.ReadInputs(indices[i], inputs.Slice(i * InputLength, InputLength));
            values.AsSpan(indices[i] * length, length).CopyTo(targets.Slice(i * length, length));
        }
    }
}
