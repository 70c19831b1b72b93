using Evenkeel.Execution;

namespace Evenkeel.Training;

/// <summary>Reads a data set in its own order, block by block, into buffers that are reused.</summary>
internal sealed class ExampleBlocks(IDataset data, int blockSize)
{
    private readonly float[] _inputs = GC.AllocateUninitializedArray<float>(blockSize * data.InputLength);
    private readonly int[] _labels = new int[blockSize];
    private readonly float[] _targets = new float[blockSize * ((data as ITargetDataset)?.TargetLength ?? 0)];
    private readonly int[] _indices = new int[blockSize];

    public int Count => (data.Count + blockSize - 1) / blockSize;

    public int Read(int block, out ReadOnlySpan<float> inputs, out ReadOnlySpan<int> labels)
    {
        int count = Choose(block);
        data.Read(_indices.AsSpan(0, count), _inputs.AsSpan(0, count * data.InputLength), _labels.AsSpan(0, count));
        inputs = _inputs.AsSpan(0, count * data.InputLength);
        labels = _labels.AsSpan(0, count);
        return count;
    }

    /// <summary>The same with what outputs are to be: labels, or floats where the data has them.</summary>
    public int ReadTargets(int block, out ReadOnlySpan<float> inputs, out Targets targets)
    {
        if (data is not ITargetDataset own)
        {
            int examples = Read(block, out inputs, out ReadOnlySpan<int> labels);
            targets = new Targets(labels);
            return examples;
        }

        int count = Choose(block);
        Span<float> rows = _inputs.AsSpan(0, count * data.InputLength),
            values = _targets.AsSpan(0, count * own.TargetLength);
        own.Read(_indices.AsSpan(0, count), 0, rows, values);
        inputs = rows;
        targets = new Targets(values);
        return count;
    }

    private int Choose(int block)
    {
        int first = block * blockSize;
        int count = Math.Min(blockSize, data.Count - first);
        for (int i = 0; i < count; i++)
            _indices[i] = first + i;
        return count;
    }
}
