using Evenkeel.Execution;

namespace Evenkeel.Training;

/// <summary>Reads a data set in its own order, block by block, into buffers that are reused.</summary>
internal sealed class ExampleBlocks(IDataset data, int blockSize)
{
    private readonly float[] _inputs = GC.AllocateUninitializedArray<float>(blockSize * data.InputLength);
    private readonly int[] _labels = new int[blockSize * data.LabelLength];
    private readonly float[] _targets = new float[blockSize * ((data as ITargetDataset)?.TargetLength ?? 0)];
    private readonly int[] _indices = new int[blockSize];

    public int Count => (data.Count + blockSize - 1) / blockSize;

    public int Read(int block, out ReadOnlySpan<float> inputs, out ReadOnlySpan<int> labels)
    {
        ReadOnlySpan<int> examples = _indices.AsSpan(0, Choose(block));
        Read(examples, out inputs, out labels);
        return examples.Length;
    }

    /// <summary>The same with what outputs are to be: labels, or floats where the data has them.</summary>
    public int ReadTargets(int block, out ReadOnlySpan<float> inputs, out Targets targets)
    {
        ReadOnlySpan<int> examples = _indices.AsSpan(0, Choose(block));
        ReadTargets(examples, out inputs, out targets);
        return examples.Length;
    }

    /// <summary>Given examples, a block of them at most, with what outputs are to be.</summary>
    public void ReadTargets(ReadOnlySpan<int> examples, out ReadOnlySpan<float> inputs, out Targets targets)
    {
        if (data is not ITargetDataset own)
        {
            Read(examples, out inputs, out ReadOnlySpan<int> labels);
            targets = new Targets(labels);
            return;
        }

        Span<float> rows = _inputs.AsSpan(0, examples.Length * data.InputLength),
            values = _targets.AsSpan(0, examples.Length * own.TargetLength);
        own.Read(examples, 0, rows, values);
        inputs = rows;
        targets = new Targets(values);
    }

    private void Read(ReadOnlySpan<int> examples, out ReadOnlySpan<float> inputs, out ReadOnlySpan<int> labels)
    {
        Span<float> rows = _inputs.AsSpan(0, examples.Length * data.InputLength);
        Span<int> classes = _labels.AsSpan(0, examples.Length * data.LabelLength);
        data.Read(examples, rows, classes);
        inputs = rows;
        labels = classes;
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
