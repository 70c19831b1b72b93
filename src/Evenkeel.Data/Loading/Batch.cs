namespace Evenkeel.Data.Loading;

/// <summary>
/// Some examples of an epoch: a batch, or a loader's share of it. The memory belongs to the loader: it is valid until the loader's next batch is asked for.
/// </summary>
public sealed class Batch
{
    private readonly float[] _inputs;
    private readonly float[] _targets;
    private readonly int[] _labels;
    private readonly int[] _indices;
    private readonly int _inputLength;
    private readonly int _targetLength;
    private readonly int _labelLength;

    internal Batch(int maxCount, IDataset dataset)
    {
        (_inputLength, _targetLength) = (dataset.InputLength, (dataset as ITargetDataset)?.TargetLength ?? 0);
        _inputs = new float[maxCount * _inputLength];
        _targets = dataset is AutoencoderDataset ? _inputs : new float[maxCount * _targetLength];
        _labelLength = dataset.LabelLength;
        _labels = new int[maxCount * _labelLength];
        _indices = new int[maxCount];
    }

    /// <summary>Inputs, [Count, values of an example].</summary>
    public ReadOnlyMemory<float> Inputs => _inputs.AsMemory(0, Count * _inputLength);

    /// <summary>Labels, [Count, labels of an example]; all 0 for data that has none.</summary>
    public ReadOnlyMemory<int> Labels => _labels.AsMemory(0, Count * _labelLength);

    /// <summary>Float targets, [Count, values of a target]; empty for data that has none.</summary>
    public ReadOnlyMemory<float> Targets => _targets.AsMemory(0, Count * _targetLength);

    /// <summary>Which examples of the data set these are, [Count].</summary>
    public ReadOnlyMemory<int> Indices => _indices.AsMemory(0, Count);

    /// <summary>Number of examples; 0 where a loader's share of the batch is empty.</summary>
    public int Count { get; private set; }

    /// <summary>Examples of the whole batch, those of other shares included.</summary>
    public int WholeCount { get; private set; }

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; private set; }

    /// <summary>The batch within the epoch, from 0.</summary>
    public int BatchInEpoch { get; private set; }

    /// <summary>How many examples of the epoch come before these.</summary>
    public int FirstExample { get; private set; }

    internal void Fill(
        IBatchReader reader,
        LoaderPosition position,
        int wholeCount,
        int first,
        ReadOnlySpan<int> indices
    )
    {
        Count = indices.Length;
        WholeCount = wholeCount;
        Epoch = position.Epoch;
        BatchInEpoch = position.Batch;
        FirstExample = first;
        indices.CopyTo(_indices);
        if (Count > 0)
            reader.Read(this);
    }

    /// <summary>Reads a run of the batch's examples; several threads may read runs that do not overlap.</summary>
    internal void ReadRun(IDataset dataset, int first, int count)
    {
        Span<int> indices = _indices.AsSpan(first, count);
        Span<float> inputs = _inputs.AsSpan(first * _inputLength, count * _inputLength);
        if (dataset is ITargetDataset own)
            own.Read(indices, Epoch, inputs, _targets.AsSpan(first * _targetLength, count * _targetLength));
        else
            dataset.ReadAt(indices, Epoch, inputs, _labels.AsSpan(first * _labelLength, count * _labelLength));
    }
}
