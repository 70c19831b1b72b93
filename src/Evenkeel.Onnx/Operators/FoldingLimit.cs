namespace Evenkeel.Onnx.Operators;

/// <summary>
/// Counts the values of constants that are made of others: each may be small, but a small file may make as many as it has nodes. A file that
/// holds many values may make more, as one does that unpacks or transposes all its weights.
/// </summary>
internal sealed class FoldingLimit(OnnxImportOptions options)
{
    // Unpacked, transposed and a few maps over them.
    private const int TimesGiven = 8;

    private long _given;
    private long _made;

    /// <summary>Counts a constant that the file holds.</summary>
    public void Give(ConstantTensor tensor) => _given += tensor.Count;

    /// <summary>Counts one that is made of others.</summary>
    /// <exception cref="OnnxException">There are too many.</exception>
    public void Make(ConstantTensor tensor)
    {
        _made += tensor.Count;
        if (_made > options.MaxFoldedValuesInAll && _made / TimesGiven > _given)
            throw new OnnxException(
                $"It makes constants of more than the limit of {options.MaxFoldedValuesInAll} values in all; raise it to import."
            );
    }
}
