namespace Evenkeel.Serialization;

/// <summary>One tensor of a safetensors file: its name, element type and shape.</summary>
public sealed class SafeTensorInfo
{
    internal SafeTensorInfo(string name, SafeTensorType type, long[] shape, long begin, long end)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Begin = begin;
        End = end;
    }

    /// <summary>The name, as in the file's header.</summary>
    public string Name { get; }

    /// <summary>The element type in the file.</summary>
    public SafeTensorType Type { get; }

    /// <summary>The dimensions; empty for a single value.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many elements: the product of <see cref="Shape"/>, 1 for a single value.</summary>
    public long Count => Bytes / SafeTensorTypes.Bytes(Type);

    /// <summary>How many bytes the tensor takes in the file.</summary>
    public long Bytes => End - Begin;

    /// <summary>First byte, counted from the end of the header.</summary>
    internal long Begin { get; }

    /// <summary>One past the last byte.</summary>
    internal long End { get; }

    /// <summary>Name, type and shape on one line.</summary>
    public override string ToString() =>
        $"{SafeTensorsException.Quote(Name)} {SafeTensorTypes.Name(Type)} {SafeTensorsException.Show(Shape)}";
}
