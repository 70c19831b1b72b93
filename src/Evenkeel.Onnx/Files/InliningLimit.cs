using Google.Protobuf;

namespace Evenkeel.Onnx.Files;

/// <summary>
/// Counts what inlining makes: a small file may call functions that call functions, and each call makes nodes with longer names, so that what
/// they make grows far beyond the file.
/// </summary>
internal sealed class InliningLimit(OnnxImportOptions options)
{
    private int _nodes;
    private long _bytes;

    /// <summary>Counts a node, or the call that stands for nodes.</summary>
    /// <exception cref="OnnxException">There are too many.</exception>
    public void CountNode()
    {
        if (++_nodes > options.MaxNodes)
            throw new OnnxException($"There are more nodes than the limit of {options.MaxNodes}; raise it to import.");
    }

    /// <summary>Counts the bytes of what is made.</summary>
    /// <exception cref="OnnxException">There are too many.</exception>
    public void Count(IMessage made)
    {
        _bytes += made.CalculateSize();
        if (_bytes > options.MaxInlinedBytes)
            throw new OnnxException(
                $"Its functions and branches make nodes of more than the limit of {options.MaxInlinedBytes} bytes; raise it to import."
            );
    }
}
