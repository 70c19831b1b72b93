using Evenkeel.Data;

namespace Evenkeel.Cli.Experiments.Doctor;

/// <summary>The same examples with every value changed.</summary>
internal sealed class MappedData(IDataset source, Func<float, float> map) : IDataset
{
    public string Name => $"{source.Name}, values changed";

    public int Count => source.Count;

    public IReadOnlyList<int> Shape => source.Shape;

    public int InputLength => source.InputLength;

    public int Classes => source.Classes;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
    {
        source.Read(indices, inputs, labels);
        foreach (ref float value in inputs)
            value = map(value);
    }
}
