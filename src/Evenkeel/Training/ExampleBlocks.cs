namespace Evenkeel.Training;

/// <summary>Reads a data set in its own order, block by block, into buffers that are reused.</summary>
internal sealed class ExampleBlocks(IDataset data, int blockSize)
{
    private readonly float[] _inputs = GC.AllocateUninitializedArray<float>(blockSize * data.InputLength);
    private readonly int[] _labels = new int[blockSize];
    private readonly int[] _indices = new int[blockSize];

    public int Count => (data.Count + blockSize - 1) / blockSize;

    public int Read(int block, out ReadOnlySpan<float> inputs, out ReadOnlySpan<int> labels)
    {
        int first = block * blockSize;
        int count = Math.Min(blockSize, data.Count - first);
        for (int i = 0; i < count; i++)
            _indices[i] = first + i;
        data.Read(_indices.AsSpan(0, count), _inputs.AsSpan(0, count * data.InputLength), _labels.AsSpan(0, count));
        inputs = _inputs.AsSpan(0, count * data.InputLength);
        labels = _labels.AsSpan(0, count);
        return count;
    }
}
