using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx;

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
