namespace Evenkeel.Cli.Experiments.Recurrent;

/// <summary>Another data set with the values of each example in one random order, the same for all.</summary>
internal sealed class PermutedPixels : IDataset
{
    private readonly IDataset _source;
    private readonly int[] _order;

    public PermutedPixels(IDataset source, ulong seed)
    {
        _source = source;
        _order = [.. Enumerable.Range(0, source.InputLength)];
        new Random((int)(seed % int.MaxValue)).Shuffle(_order);
    }

    public string Name => $"{_source.Name}, permuted";

    public int Count => _source.Count;

    public IReadOnlyList<int> Shape => _source.Shape;

    public int InputLength => _source.InputLength;

    public int Classes => _source.Classes;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
    {
        _source.Read(indices, inputs, labels);
        float[] row = new float[InputLength];
        for (int at = 0; at < inputs.Length; at += row.Length)
        {
            Span<float> example = inputs.Slice(at, row.Length);
            example.CopyTo(row);
            for (int i = 0; i < row.Length; i++)
                example[i] = row[_order[i]];
        }
    }
}
