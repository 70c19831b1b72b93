using System.Collections.Immutable;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx;

/// <summary>An input as a file declares it, in the file's order: [batch, channels, height, width].</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Dimensions">The batch and the dimensions of one example; null if the file says nothing about them.</param>
public sealed record OnnxInput(string Name, ImmutableArray<OnnxDimension>? Dimensions)
{
    /// <summary>Whether sizes other than the batch are left to the user of the model.</summary>
    public bool IsOpen =>
        Dimensions is not { } known || known.Where((d, axis) => axis != BatchAxis && d.Size is null).Any();

    /// <summary>
    /// Where the batch stands: 0, or 1 for what a recurrent layer reads as [steps, batch, channels] or as states of [directions, batch, units], and for
    /// three dimensions of which the second alone is open, as the first one of the first input is. The model has it in front in any case.
    /// </summary>
    public int BatchAxis { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {OnnxDimension.List(Dimensions)}";

    /// <summary>The inputs that a graph computes from: those that have no value in the file.</summary>
    internal static IEnumerable<ValueInfoProto> Declared(GraphProto graph)
    {
        HashSet<string> known = [.. graph.Initializer.Select(t => t.Name)];
        return graph.Input.Where(i => !known.Contains(i.Name));
    }

    /// <summary>What a graph says of one of its inputs.</summary>
    internal static OnnxInput Of(ValueInfoProto input, GraphProto graph)
    {
        ImmutableArray<OnnxDimension>? dimensions = input.Type?.TensorType?.Shape is { } shape
            ? [.. shape.Dim.Select(OnnxDimension.Of)]
            : null;
        bool isSecond =
            dimensions is { Length: 3 } shaped
            && (graph.Node.Any(n => ReadsBatchSecond(n, input.Name)) || HasOpenBatchSecond(shaped, graph));
        return new OnnxInput(input.Name, dimensions) { BatchAxis = isSecond ? 1 : 0 };
    }

    // States of [layers, batch, units] beside an input that leaves its batch open: the file gives both dimensions the same name, or none.
    private static bool HasOpenBatchSecond(ImmutableArray<OnnxDimension> dimensions, GraphProto graph) =>
        dimensions is [{ Size: not null }, { Size: null } second, { Size: not null }]
        && Declared(graph).FirstOrDefault()?.Type?.TensorType?.Shape is { Dim.Count: > 0 } first
        && OnnxDimension.Of(first.Dim[0]) == second;

    // The sequence, the hidden state and the cell state of a recurrent operator whose layout is 0.
    private static bool ReadsBatchSecond(NodeProto node, string value) =>
        node.Domain is "" or "ai.onnx"
        && node.OpType is "LSTM" or "GRU" or "RNN"
        && node.Attribute.All(a => a.Name != "layout" || a.I == 0)
        && node.Input.Where((input, i) => i is 0 or 5 or 6 && input == value).Any();
}

/// <summary>One dimension of an input as a file declares it.</summary>
/// <param name="Size">Its size; null where the file leaves it open.</param>
/// <param name="Name">What the file calls an open size; empty if it has no name.</param>
public readonly record struct OnnxDimension(int? Size, string Name)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Size is { } size ? $"{size}"
        : Name.Length > 0 ? Name
        : "?";

    internal static string List(IEnumerable<OnnxDimension>? dimensions) =>
        dimensions is null ? "of unknown shape" : $"[{string.Join(", ", dimensions)}]";

    // Sizes below 1 stand for open ones in files of some exporters.
    internal static OnnxDimension Of(TensorShapeProto.Types.Dimension dimension) =>
        dimension.HasDimValue && dimension.DimValue is >= 1 and <= int.MaxValue
            ? new((int)dimension.DimValue, "")
            : new(null, dimension.DimParam ?? "");
}
