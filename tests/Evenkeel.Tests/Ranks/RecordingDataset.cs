using Evenkeel.Data;

namespace Evenkeel.Tests.Ranks;

/// <summary>Examples that differ from epoch to epoch, and what was read of them at which epoch.</summary>
internal sealed class RecordingDataset(int count, int inputLength, int classes) : IEpochDataset
{
    private readonly Lock _gate = new();
    private readonly List<(int Epoch, int Index)> _read = [];

    public string Name => "recorded";

    public int Count => count;

    public IReadOnlyList<int> Shape { get; } = [inputLength];

    public int InputLength => inputLength;

    public int Classes => classes;

    /// <summary>An example that has a value that is no number; -1 where all are finite.</summary>
    public int Broken { get; init; } = -1;

    /// <summary>What was read, in order; forgotten when asked.</summary>
    public (int Epoch, int Index)[] TakeRead()
    {
        lock (_gate)
        {
            (int, int)[] read = [.. _read];
            _read.Clear();
            return read;
        }
    }

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels) =>
        Read(indices, 0, inputs, labels);

    public void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<int> labels)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            var random = new Random((epoch * count) + indices[i]);
            Span<float> row = inputs.Slice(i * inputLength, inputLength);
            foreach (ref float value in row)
                value = (random.NextSingle() * 4) - 1.7f;
            if (indices[i] == Broken)
                row[^1] = float.NaN;
            labels[i] = random.Next(classes);
            lock (_gate)
                _read.Add((epoch, indices[i]));
        }
    }
}
