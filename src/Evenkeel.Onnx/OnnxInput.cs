using System.Collections.Immutable;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx;

/// <summary>An input as a file declares it, in the file's order: [batch, channels, height, width].</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Dimensions">The batch and the dimensions of one example; null if the file says nothing about them.</param>
public sealed record OnnxInput(string Name, ImmutableArray<OnnxDimension>? Dimensions)
{
    /// <summary>Whether sizes other than the batch are left to the user of the model.</summary>
    public bool IsOpen => Dimensions is not { } known || known.Skip(1).Any(d => d.Size is null);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {OnnxDimension.List(Dimensions)}";

    /// <summary>The inputs that a graph computes from: those that have no value in the file.</summary>
    internal static IEnumerable<ValueInfoProto> Declared(GraphProto graph)
    {
        HashSet<string> known = [.. graph.Initializer.Select(t => t.Name)];
        return graph.Input.Where(i => !known.Contains(i.Name));
    }

    internal static OnnxInput Of(ValueInfoProto input) =>
        new(input.Name, input.Type?.TensorType?.Shape is { } shape ? [.. shape.Dim.Select(OnnxDimension.Of)] : null);
}
